// Softmax of rows that are padded to whole vectors.

import { bytesOf } from './bytes-of';
import { exp, lanesMax, lanesSum } from './vector-math';

/** Softmax of the first `visible` scores in place, zeros behind them; returns the denominator's logarithm. */
export function softmax(scores: usize, visible: i32, length: i32): f32 {
  const most = largest(scores, visible);
  weights(scores, visible, length, most);
  const total = totalOf(scores, length);
  const inverse = f32x4.splat(<f32>1 / total);
  for (let at = scores, end = scores + bytesOf(length); at < end; at += 16) {
    v128.store(at, f32x4.mul(v128.load(at), inverse));
  }
  return most + log(total);
}

/** `e^(score - logSum)` of the first `visible` scores, zeros behind them. */
export function weights(scores: usize, visible: i32, length: i32, logSum: f32): void {
  for (let at = scores, end = scores + bytesOf(length); at < end; at += 16) {
    // What is masked out weighs exactly nothing.
    v128.store(at, exp(f32x4.sub(v128.load(at), f32x4.splat(logSum))));
  }
  memory.fill(scores + bytesOf(visible), 0, bytesOf(length - visible));
}

/** A value's lane depends on its place alone: zeros behind the last one change no bit of the sum. */
export function totalOf(values: usize, length: i32): f32 {
  let total = f32x4.splat(0);
  for (let at = values, end = values + bytesOf(length); at < end; at += 16) {
    total = f32x4.add(total, v128.load(at));
  }
  return lanesSum(total);
}

function largest(values: usize, count: i32): f32 {
  const whole = values + bytesOf(count & ~3);
  const end = values + bytesOf(count);
  let most = f32x4.splat(load<f32>(values));
  let at = values;
  for (; at < whole; at += 16) most = f32x4.pmax(most, v128.load(at));
  let result = lanesMax(most);
  for (; at < end; at += 4) result = max(result, load<f32>(at));
  return result;
}

/**
 * The natural logarithm of a positive number. Written out, as the one of the language keeps tables in memory that is not
 * ours: `x = m 2^e`, and `log m = 2 atanh((m - 1) / (m + 1))` as a series.
 */
function log(x: f32): f32 {
  const bits = reinterpret<u32>(x);
  // The mantissa in [√½, √2), whose bits begin 0x3f3504f3.
  const exponent = <i32>(bits - 0x3f3504f3) >> 23;
  const m = <f64>reinterpret<f32>(bits - ((<u32>exponent) << 23));
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum: f64 = 0;
  for (let power = 13; power > 0; power -= 2) sum = sum * square + 1 / <f64>power;
  return <f32>(<f64>exponent * Math.LN2 + 2 * s * sum);
}
