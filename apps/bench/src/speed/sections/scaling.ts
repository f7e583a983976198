import type { Backbone } from '@ptl/core';
import { median } from '../../report/statistics.ts';
import { layeredBackbone } from '../layered-backbone.ts';
import { ownSteps } from '../own-steps.ts';
import { fitPower } from '../power-law.ts';
import { drawScaling, type ScalingPoint } from '../scaling-chart.ts';
import type { SpeedContext } from '../speed-context.ts';
import type { SpeedTable } from '../speed-table.ts';
import { plainWork, type Work } from '../work.ts';

/** One thing that is varied, and its values. */
interface Axis {
  readonly name: string;
  readonly values: readonly number[];
  workOf(value: number): Work;
}

const small: Work = { ...plainWork, batchSize: 8, sequence: 32 };

const axes: readonly Axis[] = [
  {
    name: 'tokens of a row',
    values: [16, 32, 64, 128, 256],
    workOf: (sequence) => ({ ...small, sequence }),
  },
  {
    name: 'rows of a batch',
    values: [2, 4, 8, 16, 32, 64],
    workOf: (batchSize) => ({ ...small, batchSize }),
  },
  {
    name: 'prompt positions',
    values: [4, 16, 64, 128, 256],
    workOf: (promptLength) => ({ ...small, promptLength }),
  },
];
const layerCounts = [1, 2, 4, 8];

/** Times training steps of P-tuning v2 along one axis at a time, and fits a power to each. */
export async function scaling(context: SpeedContext): Promise<SpeedTable> {
  const { backbone } = context;
  const points: ScalingPoint[] = [];
  for (const { name, values, workOf } of axes) {
    context.say(`scaling with ${name}`);
    for (const value of values) {
      points.push({ axis: name, value, milliseconds: await timeStep(backbone, workOf(value)) });
    }
  }
  points.push(...(await timeLayers(context, backbone)));
  const names = [...new Set(points.map(({ axis }) => axis))];
  return {
    title: 'How a training step grows',
    about:
      `P-tuning v2; ${small.batchSize} rows of ${small.sequence} tokens with ${small.promptLength} positions where nothing else is said. ` +
      'Exponents are fitted to the upper half of each curve, where overheads count least: 1 is proportional.',
    columns: ['along', 'from', 'to', 'step at first', 'step at last', 'exponent'],
    rows: names.map((name) => axisRow(points.filter(({ axis }) => axis === name))),
    picture: { file: 'scaling.svg', svg: await drawScaling(points) },
  };
}

function axisRow(points: readonly ScalingPoint[]): string[] {
  const [first, last] = [points[0], points.at(-1)];
  const upper = points.slice(Math.floor((points.length - 1) / 2));
  return [
    first?.axis ?? '',
    `${first?.value}`,
    `${last?.value}`,
    `${first?.milliseconds.toFixed(0)} ms`,
    `${last?.milliseconds.toFixed(0)} ms`,
    fitPower(upper.map(({ value, milliseconds }) => [value, milliseconds])).toFixed(2),
  ];
}

async function timeLayers(context: SpeedContext, backbone: Backbone): Promise<ScalingPoint[]> {
  if (backbone.geometry.family !== 'bert') return [];
  context.say('scaling with layers');
  const points: ScalingPoint[] = [];
  for (const layers of layerCounts) {
    using other = layeredBackbone(backbone, context.sizes, layers);
    points.push({ axis: 'layers', value: layers, milliseconds: await timeStep(other, small) });
  }
  return points;
}

async function timeStep(backbone: Backbone, work: Work): Promise<number> {
  await using own = ownSteps(backbone, work);
  await own.train(2);
  return median((await own.train(6)).slice(1));
}
