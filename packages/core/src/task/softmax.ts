/** `exp(xᵢ) / Σ exp(xⱼ)`, in double precision and finite for any finite logits. */
export function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const highest = Math.max(...values);
  const exponentials = values.map((value) => Math.exp(value - highest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.map((value) => value / sum);
}

/** Place of the largest value, the first of equals; 0 where nothing can be compared. */
export function largest(values: ArrayLike<number>): number {
  let best = 0;
  for (let place = 1; place < values.length; place++) {
    if ((values[place] ?? 0) > (values[best] ?? 0)) best = place;
  }
  return best;
}
