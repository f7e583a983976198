/** Whether a column value looks like a tag of one of the usual schemes, such as `O` and `B-PER`. */
export function isSchemeTag(value: string): boolean {
  return value === 'O' || /^[BIESLU]-.+$/.test(value);
}
