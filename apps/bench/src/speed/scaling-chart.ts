import { chartTheme } from '../report/chart-theme.ts';
import { drawChart } from '../report/draw-chart.ts';

export interface ScalingPoint {
  readonly axis: string;
  readonly value: number;
  readonly milliseconds: number;
}

/** One curve for each axis, on logarithmic scales: a straight line is a power. */
export function drawScaling(points: readonly ScalingPoint[]): Promise<string> {
  return drawChart({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 560,
    height: 340,
    data: { values: [...points] },
    mark: { type: 'line', point: true, strokeWidth: 1.8 },
    encoding: {
      x: { field: 'value', type: 'quantitative', scale: { type: 'log', base: 2 }, title: null },
      y: {
        field: 'milliseconds',
        type: 'quantitative',
        scale: { type: 'log' },
        title: 'milliseconds a step',
      },
      color: {
        field: 'axis',
        type: 'nominal',
        title: null,
        scale: { range: ['#4c78a8', '#e45756', '#54a24b', '#f58518'] },
      },
    },
    // A picture in a page that may be dark, in which it has no page's ink.
    config: { ...chartTheme, background: 'white' },
  });
}
