// Copies of parts of matrices. Widths are in floats.

import { bytesOf } from './bytes-of';

/** Copies `size` floats of each row, plus a bias unless its address is 0, times a factor. */
export function copyRows(
  from: usize,
  fromWidth: i32,
  bias: usize,
  rows: i32,
  size: i32,
  factor: f32,
  to: usize,
  toWidth: i32,
): void {
  for (let row = 0; row < rows; row++) {
    copyRow(from, bias, bytesOf(size), factor, to);
    from += bytesOf(fromWidth);
    to += bytesOf(toWidth);
  }
}

function copyRow(from: usize, bias: usize, bytes: usize, factor: f32, to: usize): void {
  const whole = bytes & ~15;
  const factors = f32x4.splat(factor);
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const value = v128.load(from + at);
    const biased = bias ? f32x4.add(value, v128.load(bias + at)) : value;
    v128.store(to + at, f32x4.mul(biased, factors));
  }
  for (; at < bytes; at += 4) {
    const value = load<f32>(from + at);
    store<f32>(to + at, (bias ? value + load<f32>(bias + at) : value) * factor);
  }
}

/** The transpose of `rows` rows of `size` floats: `size` rows. */
export function turn(
  from: usize,
  fromWidth: i32,
  rows: i32,
  size: i32,
  to: usize,
  toWidth: i32,
): void {
  const step = bytesOf(fromWidth);
  const toStep = bytesOf(toWidth);
  let column = 0;
  for (; column + 4 <= size; column += 4) {
    let source = from + bytesOf(column);
    let target = to + <usize>column * toStep;
    for (let row = 0; row < rows; row++) {
      const four = v128.load(source);
      v128.store_lane<f32>(target, four, 0);
      v128.store_lane<f32>(target + toStep, four, 1);
      v128.store_lane<f32>(target + 2 * toStep, four, 2);
      v128.store_lane<f32>(target + 3 * toStep, four, 3);
      source += step;
      target += 4;
    }
  }
  for (; column < size; column++) {
    let source = from + bytesOf(column);
    let target = to + <usize>column * toStep;
    for (let row = 0; row < rows; row++) {
      store<f32>(target, load<f32>(source));
      source += step;
      target += 4;
    }
  }
}
