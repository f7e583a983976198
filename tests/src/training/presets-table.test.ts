import { readFile } from 'node:fs/promises';
import { pTuningPresets } from '@ptl/p-tuning';
import { pTuningV2Presets } from '@ptl/p-tuning-v2';
import { prefixPresets } from '@ptl/prefix';
import { promptTuningPresets } from '@ptl/prompt-tuning';
import { expect, it } from 'vitest';

const all = { pTuningV2Presets, prefixPresets, promptTuningPresets, pTuningPresets };

/** What a preset has, of any method. */
interface AnyPreset {
  readonly config: {
    readonly promptLength?: number;
    readonly prefixLength?: number;
    readonly template?: string;
    readonly dropout?: number;
    readonly reparameterization?: { readonly hiddenSize: number };
    readonly initialization?: { readonly kind: string };
    readonly encoder?: string;
    readonly encoderLayers?: number;
  };
  readonly training: {
    readonly epochs?: number;
    readonly maxSteps?: number;
    readonly batchSize: number;
    readonly gradientAccumulation?: number;
    readonly learningRate: number;
    readonly schedule: string | { readonly name: string; readonly rate: number };
    readonly optimizer?: { readonly name: string };
  };
}

const presets = Object.entries(all).flatMap(([name, kinds]) =>
  Object.entries(kinds as Readonly<Record<string, AnyPreset>>).map(
    ([kind, preset]) => [`${name}['${kind}']`, preset] as const,
  ),
);

/** Rows of the table in docs/settings.md by their first cell. */
async function readTable(): Promise<ReadonlyMap<string, readonly string[]>> {
  const page = await readFile(new URL('../../../docs/settings.md', import.meta.url), 'utf8');
  const lines = page.split('\n').filter((line) => line.startsWith('| `'));
  return new Map(
    lines.map((line) => {
      const [first = '', ...cells] = line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1);
      return [first.replaceAll('`', ''), cells] as const;
    }),
  );
}

function lengthOf({ config }: AnyPreset): string {
  const { template = '', promptLength, prefixLength } = config;
  const slots = [...template.matchAll(/\{prompt:(\d+)\}/g)].map(([, length]) => length);
  return slots.length > 0 ? `(${slots.join(', ')})` : String(promptLength ?? prefixLength);
}

function scheduleOf({ training: { schedule } }: AnyPreset): string {
  if (typeof schedule !== 'string') return `${schedule.rate} an epoch`;
  return schedule === 'exponential' ? '0.95 an epoch' : schedule;
}

function batchOf({ training: { batchSize, gradientAccumulation } }: AnyPreset): string {
  return gradientAccumulation ? `${batchSize} x ${gradientAccumulation}` : String(batchSize);
}

function spanOf({ training: { epochs, maxSteps } }: AnyPreset): string {
  return epochs ? `${epochs} epochs` : `${maxSteps?.toLocaleString('en')} steps`;
}

/** What stands behind the source, where a preset has it. */
function notesOf({ config, training }: AnyPreset): readonly string[] {
  const { dropout, reparameterization, initialization, encoder, encoderLayers } = config;
  const starts = { labels: 'from names of classes', vocabulary: 'from sampled words' };
  const start = Object.entries(starts).find(([kind]) => kind === initialization?.kind);
  return [
    ...(dropout !== undefined && dropout !== 0.1 ? [`dropout ${dropout}`] : []),
    ...(reparameterization ? [`MLP of ${reparameterization.hiddenSize}`] : []),
    ...(start ? [start[1]] : []),
    ...(training.optimizer?.name === 'adafactor' ? ['Adafactor'] : []),
    ...(encoder === 'lstm' ? [`LSTM of ${encoderLayers} layers`] : []),
  ];
}

it.each(presets)('docs/settings.md has the numbers of %s', async (name, preset) => {
  const cells = (await readTable()).get(name) ?? [];
  const [length, rate, schedule, batch, span, source = ''] = cells;
  expect([length, Number(rate), schedule, batch, span]).toEqual([
    lengthOf(preset),
    preset.training.learningRate,
    scheduleOf(preset),
    batchOf(preset),
    spanOf(preset),
  ]);
  const [, notes = ''] = source.split('; ');
  expect(notes).toBe(notesOf(preset).join(', '));
});

it('docs/settings.md has all presets', async () => {
  expect([...(await readTable()).keys()]).toEqual(presets.map(([name]) => name));
});
