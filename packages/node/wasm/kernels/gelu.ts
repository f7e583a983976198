import { bytesOf } from './bytes-of';
import { exp, normalCdf } from './vector-math';

/** What GELU and its gradient are called with. */
@unmanaged
class GeluCall {
  /** `[rows, width]`. */
  x: usize;
  /** `[width]`. */
  bias: usize;
  /** Of the output, `[rows, width]`; not read by the forward pass. */
  dy: usize;
  /** `[rows, width]`. */
  output: usize;
  width: i32;
}

/** `gelu(x + bias)` for the rows `[begin, end)`. */
export function gelu(address: usize, _thread: i32, begin: i32, end: i32): void {
  const call = changetype<GeluCall>(address);
  const bytes = bytesOf(call.width);
  const whole = bytes & ~15;
  for (let row = begin; row < end; row++) {
    const x = call.x + <usize>row * bytes;
    const to = call.output + <usize>row * bytes;
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const value = f32x4.add(v128.load(x + at), v128.load(call.bias + at));
      v128.store(to + at, geluOf(value));
    }
    for (; at < bytes; at += 4) {
      const value = f32x4.splat(load<f32>(x + at) + load<f32>(call.bias + at));
      store<f32>(to + at, f32x4.extract_lane(geluOf(value), 0));
    }
  }
}

/** The gradient of `x` for the rows `[begin, end)`. */
export function geluGradient(address: usize, _thread: i32, begin: i32, end: i32): void {
  const call = changetype<GeluCall>(address);
  const bytes = bytesOf(call.width);
  const whole = bytes & ~15;
  for (let row = begin; row < end; row++) {
    const x = call.x + <usize>row * bytes;
    const dy = call.dy + <usize>row * bytes;
    const to = call.output + <usize>row * bytes;
    let at: usize = 0;
    for (; at < whole; at += 16) {
      const value = f32x4.add(v128.load(x + at), v128.load(call.bias + at));
      v128.store(to + at, f32x4.mul(v128.load(dy + at), slopeOf(value)));
    }
    for (; at < bytes; at += 4) {
      const value = f32x4.splat(load<f32>(x + at) + load<f32>(call.bias + at));
      store<f32>(to + at, load<f32>(dy + at) * f32x4.extract_lane(slopeOf(value), 0));
    }
  }
}

function geluOf(x: v128): v128 {
  return f32x4.mul(x, normalCdf(x));
}

/** `Φ(x) + x φ(x)`. */
function slopeOf(x: v128): v128 {
  const power = exp(f32x4.mul(f32x4.mul(f32x4.splat(-0.5), x), x));
  const density = f32x4.mul(f32x4.splat(0.39894228), power);
  return f32x4.add(normalCdf(x), f32x4.mul(x, density));
}
