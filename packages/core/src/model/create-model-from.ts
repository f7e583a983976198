import * as tf from '@tensorflow/tfjs';
import type { ConfigSchema } from '../contract/config-schema.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import { joinLayerPrefixes } from '../contract/layer-prefixes.ts';
import type { Tuner } from '../contract/method.ts';
import type { Prompt } from '../contract/prompt.ts';
import { requireSame } from './composed-model.ts';
import { type CreateModelOptions, createModel } from './create-model.ts';
import { disposePrompt, foldPrompt } from './folded-tuner.ts';
import { readPrompt } from './read-prompt.ts';
import { TunedModel } from './tuned-model.ts';

const subject = 'createModelFrom';

/**
 * Makes a model as {@link createModel} does, whose prompt starts as the trained prompt of another
 * model, of the same task or of another. The head is new.
 *
 * A model in memory gives the variables that it was trained with; one that was loaded has its prompt
 * only, which a method takes that trains prompts without an encoder. The caller owns the result, and
 * keeps the source.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` if the source runs on another backbone, or the new model
 *   would not start with its prompt: for a prompt of another kind, length or place, or for an encoder
 *   that the source does not have; else what `createModel` throws.
 * @see Vu et al. (2022), arXiv:2110.07904
 */
export async function createModelFrom<
  Row,
  Prediction,
  Name extends string,
  Schema extends ConfigSchema,
>(
  source: TunedModel,
  options: CreateModelOptions<Row, Prediction, Name, Schema>,
): Promise<TunedModel<Row, Prediction>> {
  requireSame(subject, 'backbone', [source, options], ({ backbone }) => backbone.fingerprint);
  const { parts } = createModel(options);
  const model = new TunedModel({
    ...parts,
    origin: { ...parts.origin, startedFrom: source.parts.origin },
  });
  try {
    await transfer(source.parts.tuner, parts.tuner);
    return model;
  } catch (error) {
    model[Symbol.dispose]();
    throw error;
  }
}

/** Gives a tuner the values of another, and makes sure that its prompt is the same then. */
async function transfer(from: Tuner, to: Tuner): Promise<void> {
  const prompt = foldPrompt(from);
  try {
    tf.tidy(() => assign(to, from, prompt));
    const result = foldPrompt(to);
    const [wanted, given] = await Promise.all([readPrompt(prompt), readPrompt(result)]);
    disposePrompt(result);
    const [wantedPlaces, places] = [wanted, given].map((tensors) =>
      JSON.stringify(tensors.map(({ name, shape }) => [name, shape])),
    );
    if (wantedPlaces !== places) {
      throw refused(`its prompt has ${shapesOf(wanted)}, the new one ${shapesOf(given)}`);
    }
    const differs = wanted.some(({ values }, index) =>
      values.some((value, at) => value !== given[index]?.values[at]),
    );
    if (differs) throw refused('the new one is trained through an encoder that it does not have');
  } finally {
    disposePrompt(prompt);
  }
}

function assign(to: Tuner, from: Tuner, prompt: Prompt): void {
  const own = to.variables.variables;
  const given = from.variables.variables;
  const isAlike = [...own].every(
    ([name, { shape }]) => given.get(name)?.shape.join() === shape.join(),
  );
  const fits = isAlike && own.size === given.size;
  // Of a loaded model, or one with another encoder, there is only the prompt: a matrix or two.
  const values = fits ? [...own.keys()].map((name) => given.get(name)) : matricesOf(prompt);
  const targets = [...own.values()];
  if (targets.length !== values.length) return;
  for (const [index, target] of targets.entries()) {
    const value = values[index];
    if (value?.shape.join() === target.shape.join()) target.assign(tf.clone(value));
  }
}

/** What a method without an encoder trains for this prompt. */
function matricesOf(prompt: Prompt): tf.Tensor[] {
  if (prompt.kind === 'none') return [];
  if (prompt.kind === 'virtual-tokens') return [prompt.embeddings];
  return Object.values(prompt.sites).map((layers) => {
    const present = layers.flatMap((layer) => layer ?? []);
    const isEven = present.every(({ keys }) => keys.shape.join() === present[0]?.keys.shape.join());
    return isEven && present.length > 0 ? joinLayerPrefixes(present) : tf.zeros([0]);
  });
}

function shapesOf(tensors: readonly { readonly shape: readonly number[] }[]): string {
  const shapes = [...new Set(tensors.map(({ shape }) => `[${shape.join(', ')}]`))];
  return shapes.length > 0 ? `tensors of shape ${shapes.join(' and ')}` : 'no tensors';
}

function refused(reason: string) {
  return invalidOption(subject, 'source', `A model cannot start from it: ${reason}.`);
}
