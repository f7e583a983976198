import { bytesOf } from './bytes-of';

/** What a sum of rows is called with. */
@unmanaged
class SumRowsCall {
  /** `[rows, width]`. */
  x: usize;
  /** `[width]`. */
  output: usize;
  rows: i32;
  width: i32;
}

/** The sums of the columns `[begin, end)`, each in the order of the rows. */
export function sumRows(address: usize, _thread: i32, begin: i32, end: i32): void {
  const call = changetype<SumRowsCall>(address);
  const to = call.output + bytesOf(begin);
  const bytes = bytesOf(end - begin);
  const whole = bytes & ~15;
  memory.fill(to, 0, bytes);
  for (let row = 0; row < call.rows; row++) {
    const from = call.x + bytesOf(row * call.width + begin);
    let at: usize = 0;
    for (; at < whole; at += 16) {
      v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
    }
    for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
  }
}
