// Functions of four floats at a time.

/**
 * `e^x`, within two units in the last place; NaN stays NaN, what would overflow ends at the largest power, and what would
 * be smaller than every float of full precision is 0.
 */
export function exp(x: v128): v128 {
  const bounded = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(88));
  const power = f32x4.floor(
    f32x4.add(f32x4.mul(bounded, f32x4.splat(<f32>Math.LOG2E)), f32x4.splat(0.5)),
  );
  // x = power * ln 2 + r, with ln 2 in two parts.
  const most = f32x4.sub(bounded, f32x4.mul(power, f32x4.splat(0.693359375)));
  const r = f32x4.add(most, f32x4.mul(power, f32x4.splat(2.1219444e-4)));
  let p = f32x4.splat(1.98756915e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(power), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, scale), f32x4.lt(x, f32x4.splat(-87)));
}

/** The distribution function of N(0, 1), within 1e-7: Abramowitz and Stegun (1964), 7.1.26. */
export function normalCdf(x: v128): v128 {
  const a = f32x4.abs(f32x4.mul(x, f32x4.splat(<f32>Math.SQRT1_2)));
  const one = f32x4.splat(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(f32x4.splat(0.3275911), a)));
  let tail = f32x4.splat(1.061405429);
  tail = f32x4.add(f32x4.mul(tail, t), f32x4.splat(-1.453152027));
  tail = f32x4.add(f32x4.mul(tail, t), f32x4.splat(1.421413741));
  tail = f32x4.add(f32x4.mul(tail, t), f32x4.splat(-0.284496736));
  tail = f32x4.add(f32x4.mul(tail, t), f32x4.splat(0.254829592));
  const power = exp(f32x4.neg(f32x4.mul(a, a)));
  tail = f32x4.mul(f32x4.mul(f32x4.mul(f32x4.splat(0.5), tail), t), power);
  const isNegative = f32x4.lt(x, f32x4.splat(0));
  return v128.bitselect(tail, f32x4.sub(one, tail), isNegative);
}

/** The sum of the four. */
export function lanesSum(x: v128): f32 {
  const low = f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 2);
  return low + (f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 3));
}

/** The largest of the four. */
export function lanesMax(x: v128): f32 {
  const low = max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 2));
  return max(low, max(f32x4.extract_lane(x, 1), f32x4.extract_lane(x, 3)));
}
