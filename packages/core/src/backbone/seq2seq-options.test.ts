import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { isPtlError } from '../contract/errors.ts';
import type { Prompt } from '../contract/prompt.ts';
import { batchOf, loadSeq2Seq, seq2seqCase } from './seq2seq-case.ts';

const none: Prompt = { kind: 'none' };

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('dropout of the frozen model', () => {
  const layer = (site: string, ...names: string[]) =>
    names.map((each) => `${site}/layer/0/${each}`);
  const both = (last: string[]) => [
    'encoder/embeddings',
    ...layer('encoder', 'attention', 'attended', 'inner', 'output'),
    ...last.map((each) => `encoder/${each}`),
    'decoder/embeddings',
    ...layer('decoder', 'attention', 'attended', 'cross', 'crossed', 'inner', 'output'),
    ...last.map((each) => `decoder/${each}`),
  ];

  it.each([
    ['t5', { dropout_rate: 0.2 }, both(['final']).map((place) => `${place} 0.2`)],
    [
      'bart',
      { dropout: 0.2, attention_dropout: 0.3, activation_dropout: 0.4 },
      both([]).map((place) => {
        if (place.endsWith('inner')) return `${place} 0.4`;
        return /attention|cross$/.test(place) ? `${place} 0.3` : `${place} 0.2`;
      }),
    ],
  ])('is where Transformers has it in %s', (name, rates, expected) => {
    using backbone = loadSeq2Seq(name, rates);
    const drawn: string[] = [];
    const dropout = <T extends tf.Tensor>(tensor: T, rate: number, place: string): T => {
      if (rate > 0) drawn.push(`${place} ${rate}`);
      return tf.mul(tensor, 1 - rate);
    };
    backbone.forward(batchOf(), none, { dropout });
    expect(drawn.filter((place) => !/layer\/[1-9]/.test(place))).toEqual(expected);
  });
});

it('a batch without a target is refused', () => {
  using backbone = loadSeq2Seq('t5');
  const { target: _, ...batch } = batchOf();
  try {
    backbone.forward(batch, none);
    expect.unreachable();
  } catch (error) {
    expect(isPtlError(error, 'SHAPE_MISMATCH') && error.message).toContain('needs one');
  }
});

it('bart-scaled takes embeddings as its first layer sees them, scaled', () => {
  using backbone = loadSeq2Seq('bart-scaled');
  const table = backbone.weight('shared.weight') as tf.Tensor2D;
  const expected = tf.mul(tf.gather(table, [seq2seqCase.text[0] ?? 0]), Math.sqrt(40));
  expect(backbone.embeddingsOf([9]).dataSync()).toEqual(expected.dataSync());
});

it.each([
  ['start from', { from: { layer: 1, hidden: tf.zeros<tf.Rank.R3>([3, 7, 40]) } }],
  ['stop at', { until: 1 }],
])('an encoder-decoder that is to %s some layer is refused', (mentioned, options) => {
  using backbone = loadSeq2Seq('t5');
  try {
    backbone.forward(batchOf(), none, options);
    expect.unreachable();
  } catch (error) {
    expect(isPtlError(error, 'BACKBONE_UNSUPPORTED') && error.message).toContain(mentioned);
  }
});
