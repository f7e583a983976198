import type { TopLevelSpec } from 'vega-lite';
import type { CurvePoint } from '../records/run-record.ts';
import { chartTheme, ink, methodColors } from './chart-theme.ts';
import { displayName } from './display-name.ts';
import { curveOf, type EpochValue, meanCurve } from './mean-curve.ts';
import type { MethodSummary, TaskSummary } from './summary.ts';

type Chart = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

/** A quantity to be drawn. */
interface Quantity {
  readonly title: string;
  read(point: CurvePoint): number;
}

/** Pixels, of one plot without its axes. */
const size = { width: 380, height: 260 };

/**
 * Vega-Lite charts of one task, side by side: score and loss on the development part, by epoch. A
 * line is the mean over seeds, a dot is one seed.
 */
export function learningCurves({ metric, methods }: TaskSummary): TopLevelSpec {
  const trained = methods.filter(({ runs }) => runs.some(({ curve }) => curve.length > 0));
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    hconcat: [
      curveChart(trained, {
        title: `${metric} on development, in points`,
        read: ({ scores }) => (scores[metric] ?? 0) * 100,
      }),
      curveChart(trained, {
        title: 'loss on development',
        read: ({ developmentLoss }) => developmentLoss,
      }),
    ],
    config: chartTheme,
  };
}

function curveChart(methods: readonly MethodSummary[], { title, read }: Quantity): Chart {
  const encoding = {
    x: { field: 'epoch', type: 'quantitative', title: 'epoch' },
    y: { field: 'value', type: 'quantitative', title, scale: { zero: false } },
    color: { field: 'method', type: 'nominal', scale: colorScale(methods), title: null },
  } as const;
  const seeds = rows(methods, (curves) => curves.flat(), read);
  const means = rows(methods, meanCurve, read);
  return {
    ...size,
    layer: [
      {
        data: { values: seeds },
        mark: { type: 'circle', size: 14, opacity: 0.4, aria: false },
        encoding,
      },
      { data: { values: means }, mark: { type: 'line', strokeWidth: 1.8 }, encoding },
    ],
  };
}

function colorScale(methods: readonly MethodSummary[]) {
  return {
    domain: methods.map(({ method }) => displayName(method)),
    range: methods.map(({ method }) => methodColors[method] ?? ink),
  };
}

/** The points of a chart, made out of the curves of each method's seeds. */
function rows(
  methods: readonly MethodSummary[],
  combine: (curves: EpochValue[][]) => EpochValue[],
  read: Quantity['read'],
): object[] {
  return methods.flatMap(({ method, runs }) =>
    combine(runs.map(({ curve }) => curveOf(curve, read))).map((point) => ({
      method: displayName(method),
      ...point,
    })),
  );
}
