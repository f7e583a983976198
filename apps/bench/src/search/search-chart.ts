import type { TopLevelSpec } from 'vega-lite';
import { chartTheme } from '../report/chart-theme.ts';
import { drawChart } from '../report/draw-chart.ts';
import type { RungResult, SearchResult } from './run-search.ts';

type Plot = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

/**
 * Draws the development score against the learning rate, one plot for each rung and one colour for
 * each length, or for whatever else is tried first of the method's config. A line is the mean of the
 * settings it stands for.
 */
export function drawSearch({ results, metric }: SearchResult): Promise<string> {
  const colored = coloredField(results);
  return drawChart({
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    hconcat: results.map((rung, index) => plotOf(rung, index + 1, metric, colored)),
    config: { ...chartTheme, background: 'white' },
  });
}

/** The first field of the method's config that is tried. */
function coloredField(results: readonly RungResult[]): string | null {
  const [entry] = results.flatMap(({ entries }) => entries);
  return Object.keys(entry?.setting.method ?? {})[0] ?? null;
}

function plotOf(
  { entries }: RungResult,
  rung: number,
  metric: string,
  colored: string | null,
): Plot {
  const values = entries.map(({ setting, experiment, score }) => ({
    rate: experiment.training.learningRate,
    score: score * 100,
    group: colored === null ? '' : describe(setting.method[colored]),
  }));
  const encoding = {
    x: { field: 'rate', type: 'quantitative', scale: { type: 'log' }, title: 'learning rate' },
    color: {
      field: 'group',
      type: 'nominal',
      title: colored,
      sort: null,
      legend: colored ? {} : null,
    },
  } as const;
  const y = {
    type: 'quantitative',
    scale: { zero: false },
    title: `${metric} on development`,
  } as const;
  return {
    width: 320,
    height: 260,
    title: `rung ${rung}`,
    data: { values },
    layer: [
      {
        mark: { type: 'circle', size: 40 },
        encoding: { ...encoding, y: { field: 'score', ...y } },
      },
      {
        mark: { type: 'line', strokeWidth: 1.8 },
        encoding: { ...encoding, y: { field: 'score', aggregate: 'mean', ...y } },
      },
    ],
  };
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
