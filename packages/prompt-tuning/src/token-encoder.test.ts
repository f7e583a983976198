import { createModel, createTuner, sequenceClassification, type TaskInfo } from '@ptl/core';
import { createTinyBackbone, toBeAllClose } from '@ptl/core/testing';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { promptTuning } from './index.ts';

expect.extend({ toBeAllClose });

const backbone = createTinyBackbone();
const classes: TaskInfo = { kind: 'sequence-classification', labels: ['bad', 'good'] };

type Config = Parameters<typeof createTuner<'prompt-tuning', typeof promptTuning.configSchema>>[1];

/** The rows a prompt starts from. */
function start(config: Config, { task = classes, seed = 1 } = {}): number[][] {
  using tuner = createTuner(promptTuning, config, { backbone, task, seed });
  return (tuner.variables.variables.get('embeddings')?.arraySync() ?? []) as number[][];
}

function embeddingsOf(ids: readonly number[]): number[][] {
  return tf.tidy(() => backbone.embeddingsOf(ids).arraySync());
}

function meanOf(text: string): number[] {
  const rows = embeddingsOf(backbone.tokenize(text));
  return (rows[0] ?? []).map((_, column) => {
    return rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length;
  });
}

/** The token that has an embedding. */
function tokenOf(row: readonly number[]): number {
  const ids = Array.from({ length: backbone.geometry.vocabularySize }, (_, id) => id);
  return embeddingsOf(ids).findIndex((embedding) => embedding.every((x, at) => x === row[at]));
}

describe('vocabulary', () => {
  const most = (mostFrequent: number) => ({ kind: 'vocabulary', mostFrequent }) as const;

  it('draws distinct tokens of the most frequent ones', () => {
    const ids = start({ promptLength: 12, initialization: most(12) }).map(tokenOf);
    expect(ids.sort((a, b) => a - b)).toEqual(backbone.frequentTokens(12));
  });

  it('draws others for another seed', () => {
    const draws = [1, 2].map((seed) =>
      start({ promptLength: 5, initialization: most(40) }, { seed }).map(tokenOf),
    );
    expect(draws[0]).not.toEqual(draws[1]);
  });

  it('begins anew where the prompt is longer than the vocabulary', () => {
    const ids = start({ promptLength: 7, initialization: most(3) }).map(tokenOf);
    expect(ids.slice(3)).toEqual([...ids.slice(0, 3), ...ids.slice(0, 1)]);
    expect(new Set(ids).size).toBe(3);
  });
});

describe('text', () => {
  it('takes the embeddings of its tokens, repeated or cut', () => {
    const tokens = backbone.tokenize('a good film');
    for (const promptLength of [2, 7]) {
      const config = {
        promptLength,
        initialization: { kind: 'text', text: 'a good film' },
      } as const;
      const ids = Array.from({ length: promptLength }, (_, index) => tokens[index % 3] ?? 0);
      expect(start(config)).toEqual(embeddingsOf(ids));
    }
  });

  it('needs a token', () => {
    const initialization = { kind: 'text', text: '\u0000' } as const;
    expect(() => start({ initialization })).toThrow(/CONFIG_INVALID.*\n {2}initialization\.text: /);
  });
});

describe('labels', () => {
  const initialization = { kind: 'labels', mostFrequent: 40 } as const;

  it('takes the mean embedding of each class’s name, then sampled tokens', () => {
    const labels = ['good_film', 'VeryBad', 'it.was-long'];
    const task: TaskInfo = { kind: 'sequence-classification', labels };
    const rows = start({ promptLength: 5, initialization }, { task });
    for (const [row, name] of ['good film', 'very bad', 'it was long'].entries()) {
      expect(rows[row]).toBeAllClose(meanOf(name));
    }
    const sampled = rows.slice(3).map(tokenOf);
    expect(new Set(sampled).size).toBe(2);
    expect(backbone.frequentTokens(40)).toEqual(expect.arrayContaining(sampled));
  });

  it('takes one row for the two tags of an entity, and none for O', () => {
    const labels = ['O', 'B-place', 'I-place', 'B-time', 'I-time'];
    const task: TaskInfo = { kind: 'token-classification', labels };
    const rows = start({ promptLength: 3, initialization }, { task });
    expect(rows[0]).toBeAllClose(meanOf('place'));
    expect(rows[1]).toBeAllClose(meanOf('time'));
    expect(tokenOf(rows[2] ?? [])).toBeGreaterThan(0);
  });

  it('leaves out the classes that have no row, and those whose name has no token', () => {
    const labels = ['\u0000', 'bad', 'good', 'long'];
    const task: TaskInfo = { kind: 'sequence-classification', labels };
    const rows = start({ promptLength: 2, initialization }, { task });
    expect(rows).toHaveLength(2);
    expect(rows.flat()).toBeAllClose([...meanOf('bad'), ...meanOf('good')]);
  });
});

it('draws uniformly within the limit, and normally with the deviation', () => {
  const promptLength = 200;
  const uniform = start({ promptLength, initialization: { kind: 'uniform', limit: 0.3 } }).flat();
  expect(Math.max(...uniform)).toBeLessThan(0.3);
  expect(Math.max(...uniform)).toBeGreaterThan(0.29);
  expect(Math.min(...uniform)).toBeLessThan(-0.29);
  const normal = start({
    promptLength,
    initialization: { kind: 'normal', standardDeviation: 0.5 },
  }).flat();
  const variance = normal.reduce((sum, value) => sum + value ** 2, 0) / normal.length;
  expect(Math.sqrt(variance)).toBeCloseTo(0.5, 1);
});

it('gives a prompt that its caller may dispose', () => {
  using tuner = createTuner(promptTuning, {}, { backbone, task: classes, seed: 0 });
  const request = { batchSize: 1, training: true, dropout: <T>(tensor: T): T => tensor };
  const prompt = tuner.prompt(request);
  if (prompt.kind === 'virtual-tokens') prompt.embeddings.dispose();
  expect(tuner.variables.variables.get('embeddings')?.isDisposed).toBe(false);
});

it('asks for its slots where the config says', () => {
  const config = { promptLength: 4, placement: 'end' } as const;
  using tuner = createTuner(promptTuning, config, { backbone, task: classes, seed: 0 });
  expect(tuner.layout).toEqual({ kind: 'placed', at: 'end', length: 4 });
  expect(tuner.promptLength).toBe(4);
});

it('lets the backbone drop values where the config says so', () => {
  for (const frozenDropout of [true, false]) {
    using tuner = createTuner(
      promptTuning,
      { frozenDropout },
      { backbone, task: classes, seed: 0 },
    );
    expect(tuner.frozenDropout).toBe(frozenDropout);
  }
});

describe('a template', () => {
  const create = (promptLength: number, template: string) =>
    createTuner(
      promptTuning,
      { promptLength, placement: { template } },
      {
        backbone,
        task: classes,
        seed: 0,
      },
    );

  it('says where the slots are, anywhere among the texts and words', () => {
    using tuner = create(3, '{prompt:1} {text} it was {prompt:2}');
    const prompt = (length: number) => ({ kind: 'prompt', length });
    expect(tuner.layout).toMatchObject({
      kind: 'template',
      parts: [prompt(1), { kind: 'field' }, { kind: 'words' }, prompt(2)],
    });
    expect(tuner.promptLength).toBe(3);
  });

  it.each([
    [3, '{prompt:1} {text} {prompt:1}', 'promptLength: Expected 2, as many as the template'],
    [3, '{prompt:3}', 'it lacks {text}'],
    [2, '{prompt:1} {text} {soft:good}', 'words that are trained are P-tuning’s'],
  ])('is refused if it does not fit: %i, %s', (promptLength, template, problem) => {
    expect(() => create(promptLength, template)).toThrow(problem);
  });
});

describe('an LSTM over the prompt', () => {
  const request = { batchSize: 1, training: true, dropout: <T>(tensor: T): T => tensor };
  const lstm = { kind: 'lstm', hiddenSize: 3 } as const;
  const create = (reparameterization: Exclude<Config['reparameterization'], undefined>) =>
    createTuner(
      promptTuning,
      { promptLength: 4, reparameterization },
      {
        backbone,
        task: classes,
        seed: 3,
      },
    );

  /** The virtual tokens, with `change` added to the first embedding. */
  function tokensOf(tuner: ReturnType<typeof create>, change = 0): number[][] {
    return tf.tidy(() => {
      const embeddings = tuner.variables.variables.get('embeddings');
      const first = tf.oneHot(tf.tensor1d([0], 'int32'), 4).reshape([4, 1]);
      if (embeddings) embeddings.assign(tf.add(embeddings, tf.mul(first, change)));
      const prompt = tuner.prompt(request);
      return prompt.kind === 'virtual-tokens' ? (prompt.embeddings.arraySync() as number[][]) : [];
    });
  }

  it('makes each virtual token depend on all embeddings', () => {
    using plain = create(null);
    using encoded = create({ ...lstm, residual: false });
    const isMoved = (tuner: ReturnType<typeof create>) => {
      const before = tokensOf(tuner);
      return tokensOf(tuner, 1).map((row, at) => row.join() !== before[at]?.join());
    };
    expect(isMoved(plain)).toEqual([true, false, false, false]);
    expect(isMoved(encoded)).toEqual([true, true, true, true]);
  });

  it('adds to the embeddings, or stands in their place', () => {
    using plain = create(null);
    using encoded = create({ ...lstm, residual: false });
    using residual = create(lstm);
    const sums = tf.tidy(() => tf.add(tokensOf(plain), tokensOf(encoded)).arraySync());
    expect(tokensOf(residual).flat()).toBeAllClose((sums as number[][]).flat());
    expect(tokensOf(encoded).flat()).not.toBeAllClose(tokensOf(plain).flat(), { absolute: 0.01 });
  });

  it('has as many layers and units as asked for, with dropout between the layers', () => {
    const drops: string[] = [];
    const dropout = <T extends tf.Tensor>(tensor: T, rate: number, name: string): T => {
      drops.push(`${name} ${rate} ${tensor.shape}`);
      return tensor;
    };
    using tuner = create({ ...lstm, layers: 3, dropout: 0.25 });
    tf.tidy(() => {
      tuner.prompt({ ...request, dropout });
    });
    expect(drops).toEqual(['lstm 0.25 4,6', 'lstm 0.25 4,6']);
  });

  it('is dropped when the model is saved', () => {
    const task = sequenceClassification({ labels: ['bad', 'good'] });
    const config = { promptLength: 4, reparameterization: lstm };
    using model = createModel({ backbone, method: promptTuning, config, task });
    const head = model.parts.headVariables.parameterCount;
    expect(model.parameters.stored).toBe(4 * 8 + head);
    expect(model.parameters.trainable).toBeGreaterThan(model.parameters.stored);
  });
});
