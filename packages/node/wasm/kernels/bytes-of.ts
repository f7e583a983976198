/** The length of so many floats in memory. */
export function bytesOf(floats: i32): usize {
  return (<usize>floats) << 2;
}
