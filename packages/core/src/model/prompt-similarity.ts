import { invalidOption } from '../contract/invalid-option.ts';
import { disposePrompt, foldPrompt } from './folded-tuner.ts';
import { type PromptValues, readPrompt } from './read-prompt.ts';
import type { TunedModel } from './tuned-model.ts';

/** How alike trained prompts are: cosines in [-1, 1], `[models, models]` in the order of the names. */
export interface PromptSimilarity {
  readonly names: readonly string[];
  /** Of the means over the positions of each prompt. */
  readonly average: readonly (readonly number[])[];
  /** The mean over all pairs of positions, one of each prompt. */
  readonly perToken: readonly (readonly number[])[];
}

const subject = 'promptSimilarity';

/**
 * Compares the prompts of models of one backbone, by which Vu et al. choose a task to transfer from.
 *
 * A position is an embedding, or the keys and values of all layers one behind the other. Prompts may
 * differ in length.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for fewer than two models, and for prompts that have no
 *   positions in common: of other kinds, layers or backbones, or of several lengths in their layers.
 * @see Vu et al. (2022), arXiv:2110.07904, 3.2
 */
export async function promptSimilarity(
  models: Readonly<Record<string, TunedModel>>,
): Promise<PromptSimilarity> {
  const names = Object.keys(models);
  if (names.length < 2) {
    throw invalidOption(subject, 'models', `Expected two or more, got ${names.length}.`);
  }
  const prompts = await Promise.all(Object.values(models).map(positionsOf));
  for (const [index, { features }] of prompts.entries()) {
    const [first] = prompts;
    if (features === first?.features && prompts[index]?.rows.length) continue;
    const message = `Expected positions as of the first, ${first?.features || 'none'}; got ${features || 'none'}.`;
    throw invalidOption(subject, names[index] ?? '', message);
  }
  const compare = (of: (one: Rows, other: Rows) => number): number[][] =>
    prompts.map((one) => prompts.map((other) => of(one.rows, other.rows)));
  return {
    names,
    average: compare((one, other) => cosine(meanRow(one), meanRow(other))),
    perToken: compare(meanCosine),
  };
}

/** One row of numbers for each position. */
type Rows = readonly (readonly number[])[];

/** What a prompt's positions are made of, in words, and their numbers. */
async function positionsOf({ parts }: TunedModel): Promise<{ features: string; rows: Rows }> {
  const prompt = foldPrompt(parts.tuner);
  const tensors = await readPrompt(prompt);
  disposePrompt(prompt);
  const lengths = new Set(tensors.map(({ shape }) => shape.at(-2) ?? 0));
  const names = tensors.map(
    ({ name, shape }) => `${name} of ${sizeOf(shape) / (shape.at(-2) ?? 1)}`,
  );
  const features = [parts.backbone.fingerprint.slice(0, 12), ...names].join(', ');
  if (lengths.size > 1) return { features: `${lengths.size} lengths`, rows: [] };
  const rows = Array.from({ length: [...lengths][0] ?? 0 }, (_, position) =>
    tensors.flatMap((tensor) => atPosition(tensor, position)),
  );
  return { features, rows };
}

/** The numbers of one position, `[..., positions, size]`. */
function atPosition({ shape, values }: PromptValues, position: number): number[] {
  const [positions = 1, size = 1] = shape.slice(-2);
  const blocks = values.length / (positions * size);
  return Array.from({ length: blocks }, (_, block) => {
    const start = (block * positions + position) * size;
    return [...values.subarray(start, start + size)];
  }).flat();
}

function meanRow(rows: Rows): number[] {
  return (rows[0] ?? []).map((_, at) => rows.reduce((sum, row) => sum + (row[at] ?? 0), 0));
}

/** `1 / LM Σ cos(eᵢ, fⱼ)`: the dot product of the means of the rows at length 1. */
function meanCosine(one: Rows, other: Rows): number {
  const [a, b] = [one, other].map((rows) => meanRow(rows.map(unit)));
  return dot(a ?? [], b ?? []) / (one.length * other.length);
}

function unit(row: readonly number[]): number[] {
  const norm = Math.sqrt(dot(row, row));
  return row.map((value) => (norm > 0 ? value / norm : 0));
}

function cosine(one: readonly number[], other: readonly number[]): number {
  return dot(unit(one), unit(other));
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
