import { mean } from '../report/statistics.ts';

/** The exponent `b` of `y = a xᵇ`, by least squares on logarithms. NaN for fewer than two points. */
export function fitPower(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const [centerX, centerY] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  const along = logs.reduce((sum, [x, y]) => sum + (x - centerX) * (y - centerY), 0);
  return along / logs.reduce((sum, [x]) => sum + (x - centerX) ** 2, 0);
}
