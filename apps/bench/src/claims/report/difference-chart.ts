import type { TopLevelSpec } from 'vega-lite';
import { chartTheme, ink } from '../../report/chart-theme.ts';
import type { ComparedResult } from '../claim-result.ts';

const colors = { holds: '#2f9e52', 'does not hold': '#d9534a', undecided: '#8f959e' };

/**
 * A Vega-Lite chart of all differences, in points: a row for each claim, a dot for each seed, a tick
 * at the mean.
 */
export function differenceChart(results: readonly ComparedResult[]): TopLevelSpec {
  const order = results.map(({ id }) => id);
  const verdict = {
    field: 'verdict',
    type: 'nominal',
    scale: { domain: Object.keys(colors), range: Object.values(colors) },
    title: null,
  } as const;
  const encoding = {
    y: { field: 'id', type: 'nominal', sort: order, title: null, axis: { labelLimit: 260 } },
    x: { field: 'difference', type: 'quantitative', title: 'difference in points' },
    color: verdict,
  } as const;
  const seeds = results.flatMap(({ id, verdict: found, left, right }) =>
    left.values.map((value, place) => ({
      id,
      verdict: found,
      difference: (value - (right.values[place] ?? Number.NaN)) * 100,
    })),
  );
  const means = results.map(({ id, verdict: found, difference }) => ({
    id,
    verdict: found,
    difference: difference.mean * 100,
  }));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: 640,
    height: { step: 18 },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'rule', opacity: 0.6, color: ink },
        encoding: { x: { datum: 0 } },
      },
      {
        data: { values: seeds },
        mark: { type: 'circle', size: 22, opacity: 0.45, aria: false },
        encoding,
      },
      { data: { values: means }, mark: { type: 'tick', thickness: 2.5, size: 14 }, encoding },
    ],
    config: chartTheme,
  };
}
