import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../../contract/errors.ts';
import { hashed } from '../../testing/hashed-weights.ts';
import { createTinyTokenizer } from '../../testing/tiny-tokenizer.ts';
import type { Backbone } from '../backbone.ts';
import { createBackbone } from '../create-backbone.ts';
import { batchOf, logitsOf, realRows, seq2seqCase, weightsOf } from '../seq2seq-case.ts';
import type { Weights } from '../weights/weights.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Names = Readonly<Record<string, string>>;

/** A checkpoint under other names: to each its own name of old; null for random values. */
function renamed(weights: Weights, names: Readonly<Record<string, string | null>>): Weights {
  const old = (name: string): string => names[name] ?? name;
  return {
    names: Object.keys(names),
    fingerprint: 'renamed',
    has: (name) => Object.hasOwn(names, name),
    shape: (name) => weights.shape(names[name] === null ? 'shared.weight' : old(name)),
    float32: (name) =>
      names[name] === null ? hashed(`other ${name}`, [80, 40]) : weights.float32(old(name)),
  };
}

function load(name: string, change: (names: Names) => Readonly<Record<string, string | null>>) {
  const weights = weightsOf(name);
  const same = Object.fromEntries(weights.names.map((each) => [each, each]));
  const parts = { id: name, config: seq2seqCase.configs[name], tokenizer: createTinyTokenizer() };
  return createBackbone({ ...parts, weights: renamed(weights, change(same)) });
}

function logits(backbone: Backbone): Float32Array {
  const batch = batchOf();
  const hidden = realRows(backbone.forward(batch, { kind: 'none' }), batch);
  return logitsOf(backbone, hidden).dataSync<'float32'>();
}

const without = (names: Names, name: string): Names =>
  Object.fromEntries(Object.entries(names).filter(([each]) => each !== name));

describe('a checkpoint gives the same model', () => {
  it.each<[string, string, (names: Names) => Names]>([
    [
      'with the prefix of task models',
      'bart',
      (names) =>
        Object.fromEntries(
          Object.entries(names).map(([name, old]) => [
            name === 'final_logits_bias' ? name : `model.${name}`,
            old,
          ]),
        ),
    ],
    [
      'with word embeddings under each name they are tied to',
      't5',
      (names) => ({
        ...names,
        'encoder.embed_tokens.weight': 'shared.weight',
        'decoder.embed_tokens.weight': 'shared.weight',
        'lm_head.weight': 'shared.weight',
      }),
    ],
    [
      'with word embeddings under the name of a copy only',
      'bart',
      (names) => ({
        ...without(names, 'shared.weight'),
        'model.decoder.embed_tokens.weight': 'shared.weight',
      }),
    ],
    [
      'with word embeddings under the name of the vocabulary only',
      't5',
      (names) => ({ ...without(names, 'shared.weight'), 'lm_head.weight': 'shared.weight' }),
    ],
  ])('%s', (_, name, change) => {
    using expected = load(name, (names) => names);
    using actual = load(name, change);
    expect(logits(actual)).toEqual(logits(expected));
    expect(actual.parameters).toEqual(expected.parameters);
  });
});

it('a vocabulary layer counts as one of its own where its values differ', () => {
  using backbone = load('t5', (names) => ({ ...names, 'lm_head.weight': null }));
  expect(backbone.parameters.some(({ name }) => name === 'lm_head.weight')).toBe(true);
  using tied = load('t5', (names) => names);
  expect(tied.parameters.some(({ name }) => name === 'lm_head.weight')).toBe(false);
  expect(logits(backbone)).not.toEqual(logits(tied));
});

it('bart without a bias for its logits has none', () => {
  using backbone = load('bart', (names) => without(names, 'final_logits_bias'));
  using biased = load('bart', (names) => names);
  expect(logits(backbone)).not.toEqual(logits(biased));
});

it.each([
  ['encoder.embed_tokens.weight', null, 'its "encoder.embed_tokens.weight" is not the same'],
  ['decoder.embed_tokens.weight', null, 'its "decoder.embed_tokens.weight" is not the same'],
])('other embeddings as %s are refused', (name, values, mentioned) => {
  try {
    load('t5', (names) => ({ ...names, [name]: values }));
    expect.unreachable();
  } catch (error) {
    expect(isPtlError(error, 'BACKBONE_UNSUPPORTED') && error.message).toContain(mentioned);
  }
});

it.each(['t5', 'flan-t5', 'bart'])('%s lists each of its weights once', (name) => {
  const weights = weightsOf(name);
  using backbone = load(name, (names) => names);
  const names = backbone.parameters.map((parameter) => parameter.name);
  const trainable = weights.names.filter((each) => each !== 'final_logits_bias');
  expect([...names].sort()).toEqual([...trainable].sort());
  expect(new Set(names).size).toBe(names.length);
});
