import {
  type Backbone,
  causalLanguageModeling,
  createBackbone,
  createModel,
  createPredictor,
  sequenceClassification,
  type TunedModel,
  tokenClassification,
} from '@ptl/core';
import { toBeAllClose } from '@ptl/core/testing';
import { pTuningV2 } from '@ptl/p-tuning-v2';
import { prefix } from '@ptl/prefix';
import { promptTuning } from '@ptl/prompt-tuning';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { decoderParameters } from '../../../packages/core/src/backbone/decoder/decoder-parameters.ts';
import { readDecoder } from '../../../packages/core/src/backbone/families.ts';
import { hashedWeights } from '../../../packages/core/src/testing/hashed-weights.ts';
import { createTinyTokenizer } from '../../../packages/core/src/testing/tiny-tokenizer.ts';

expect.extend({ toBeAllClose });
beforeAll(() => tf.setBackend('cpu'));

const tokenizer = createTinyTokenizer();
const sizes = {
  gpt2: { n_embd: 16, n_layer: 2, n_head: 2, n_positions: 64 },
  llama: {
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 24,
    max_position_embeddings: 64,
  },
} as const;

/** A decoder of hashed weights that counts the rows of its passes. */
function decoder(family: keyof typeof sizes) {
  const config = {
    model_type: family,
    vocab_size: tokenizer.vocabularySize,
    tie_word_embeddings: true,
    ...sizes[family],
  };
  const parameters = decoderParameters(readDecoder(config, family));
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const weights = hashedWeights(shapes);
  const made = createBackbone({ id: family, config, weights, tokenizer });
  const passes: number[] = [];
  const forward: Backbone['forward'] = (batch, ...rest) => {
    passes.push(batch.size);
    return made.forward(batch, ...rest);
  };
  return { backbone: { ...made, forward }, passes };
}

function modelsOn(backbone: Backbone): Record<string, TunedModel> {
  const [words, peft] = [causalLanguageModeling(), 'peft'] as const;
  const classes = sequenceClassification({ labels: ['bad', 'good'] });
  const tags = tokenClassification({ labels: ['O', 'B-X'] });
  const soft = { promptLength: 3 };
  return {
    words: createModel({ backbone, method: prefix, config: { prefixLength: 5 }, task: words }),
    soft: createModel({ backbone, method: promptTuning, config: soft, task: words }),
    deep: createModel({ backbone, method: pTuningV2, config: { promptLength: 9 }, task: classes }),
    classes: createModel({ backbone, method: promptTuning, config: soft, task: classes }),
    tags: createModel({ backbone, method: pTuningV2, config: { promptLength: 2 }, task: tags }),
    peft: createModel({
      backbone,
      method: promptTuning,
      config: soft,
      task: classes,
      semantics: peft,
    }),
  };
}

describe.each(['gpt2', 'llama'] as const)('rows for adapters of %s', (family) => {
  it('share passes across tasks, and get what they get alone', async () => {
    const { backbone, passes } = decoder(family);
    const models = modelsOn(backbone);
    using predictor = createPredictor({ backbone, adapters: models, batchSize: 64 });
    const texts = ['the film was good', 'a long bad time', 'it was a good place and a good time'];
    const requests = texts.flatMap((text) =>
      Object.keys(models).map((adapter) => ({
        adapter,
        row: adapter === 'tags' ? { tokens: text.split(' ') } : { text },
      })),
    );
    const results = await predictor.logits(requests);
    // All but PEFT's, whose rows of one length, two and one, are read from their last position.
    expect([...passes].sort((a, b) => b - a)).toEqual([15, 2, 2]);
    for (const [place, { adapter, row }] of requests.entries()) {
      const [expected] = (await models[adapter]?.logits([row])) ?? [];
      const result = results[place];
      expect(result?.ok && result.value.shape, adapter).toEqual(expected?.shape);
      const values = result?.ok ? result.value.values : [];
      expect(values, adapter).toBeAllClose(expected?.values ?? [], { absolute: 1e-5 });
    }
    const [first] = await predictor.predict([{ adapter: 'words', row: { text: 'it was good' } }]);
    const [own] = (await models['words']?.predict([{ text: 'it was good' }])) ?? [];
    expect(first.ok && first.value).toEqual(own);
  });
});
