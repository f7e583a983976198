import { bytesOf } from './bytes-of';
import { lanesSum } from './vector-math';

/** What the normalization of a sum, and its gradient, are called with. */
@unmanaged
class AddNormCall {
  /** Rows `[rows, width]`; of the gradient, dy. */
  x: usize;
  residual: usize;
  /** `[width]`, as are scale and shift. */
  bias: usize;
  scale: usize;
  shift: usize;
  /** `[rows, width]`. */
  output: usize;
  /** `[rows, width]`: written by the forward pass, read by the gradient. */
  normalized: usize;
  /** `[rows]`: `1 / σ`, likewise. */
  inverse: usize;
  width: i32;
  epsilon: f32;
}

/** Layer normalization of `x + bias + residual` for the rows `[begin, end)`. */
export function addNorm(address: usize, _thread: i32, begin: i32, end: i32): void {
  const call = changetype<AddNormCall>(address);
  const width = call.width;
  const bytes = bytesOf(width);
  const whole = bytes & ~15;
  for (let row = begin; row < end; row++) {
    const x = call.x + <usize>row * bytes;
    const residual = call.residual + <usize>row * bytes;
    const hat = call.normalized + <usize>row * bytes;
    const y = call.output + <usize>row * bytes;
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const biased = f32x4.add(v128.load(x + at), v128.load(call.bias + at));
      v128.store(hat + at, f32x4.add(biased, v128.load(residual + at)));
    }
    for (; at < bytes; at += 4) {
      const biased = load<f32>(x + at) + load<f32>(call.bias + at);
      store<f32>(hat + at, biased + load<f32>(residual + at));
    }
    subtract(hat, bytes, sum(hat, bytes) / <f32>width);
    const inverse = <f32>1 / sqrt<f32>(dot(hat, hat, bytes) / <f32>width + call.epsilon);
    store<f32>(call.inverse + bytesOf(row), inverse);
    scaleAndShift(call, hat, y, inverse);
  }
}

function scaleAndShift(call: AddNormCall, hat: usize, y: usize, inverse: f32): void {
  const bytes = bytesOf(call.width);
  const whole = bytes & ~15;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const value = f32x4.mul(v128.load(hat + at), f32x4.splat(inverse));
    v128.store(hat + at, value);
    const scaled = f32x4.mul(value, v128.load(call.scale + at));
    v128.store(y + at, f32x4.add(scaled, v128.load(call.shift + at)));
  }
  for (; at < bytes; at += 4) {
    const value = load<f32>(hat + at) * inverse;
    store<f32>(hat + at, value);
    store<f32>(y + at, value * load<f32>(call.scale + at) + load<f32>(call.shift + at));
  }
}

/** `dx = (dŷ - mean(dŷ) - x̂ mean(dŷ x̂)) / σ` with `dŷ = dy scale`, for the rows `[begin, end)`. */
export function addNormGradient(address: usize, _thread: i32, begin: i32, end: i32): void {
  const call = changetype<AddNormCall>(address);
  const width = call.width;
  const bytes = bytesOf(width);
  const whole = bytes & ~15;
  for (let row = begin; row < end; row++) {
    const dy = call.x + <usize>row * bytes;
    const hat = call.normalized + <usize>row * bytes;
    const dx = call.output + <usize>row * bytes;
    let at: usize = 0;
    for (; at < whole; at += 16) {
      v128.store(dx + at, f32x4.mul(v128.load(dy + at), v128.load(call.scale + at)));
    }
    for (; at < bytes; at += 4) {
      store<f32>(dx + at, load<f32>(dy + at) * load<f32>(call.scale + at));
    }
    const mean = sum(dx, bytes) / <f32>width;
    const along = dot(dx, hat, bytes) / <f32>width;
    project(dx, hat, bytes, mean, along, load<f32>(call.inverse + bytesOf(row)));
  }
}

function project(dx: usize, hat: usize, bytes: usize, mean: f32, along: f32, inverse: f32): void {
  const whole = bytes & ~15;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    const part = f32x4.mul(v128.load(hat + at), f32x4.splat(along));
    const rest = f32x4.sub(f32x4.sub(v128.load(dx + at), f32x4.splat(mean)), part);
    v128.store(dx + at, f32x4.mul(rest, f32x4.splat(inverse)));
  }
  for (; at < bytes; at += 4) {
    const rest = load<f32>(dx + at) - mean - load<f32>(hat + at) * along;
    store<f32>(dx + at, rest * inverse);
  }
}

function subtract(values: usize, bytes: usize, amount: f32): void {
  const whole = bytes & ~15;
  let at: usize = 0;
  for (; at < whole; at += 16) {
    v128.store(values + at, f32x4.sub(v128.load(values + at), f32x4.splat(amount)));
  }
  for (; at < bytes; at += 4) store<f32>(values + at, load<f32>(values + at) - amount);
}

function sum(values: usize, bytes: usize): f32 {
  const whole = bytes & ~15;
  let total = f32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) total = f32x4.add(total, v128.load(values + at));
  let result = lanesSum(total);
  for (; at < bytes; at += 4) result += load<f32>(values + at);
  return result;
}

function dot(a: usize, b: usize, bytes: usize): f32 {
  const whole = bytes & ~15;
  let total = f32x4.splat(0);
  let at: usize = 0;
  for (; at < whole; at += 16) {
    total = f32x4.add(total, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
  let result = lanesSum(total);
  for (; at < bytes; at += 4) result += load<f32>(a + at) * load<f32>(b + at);
  return result;
}
