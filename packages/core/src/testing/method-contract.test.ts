import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Backbone } from '../backbone/backbone.ts';
import { createTuner } from '../contract/create-tuner.ts';
import { normal } from '../contract/initializers.ts';
import { defineMethod, type PromptRequest, type TunerContext } from '../contract/method.ts';
import {
  type ContractSubject,
  contractChecks,
  givesOtherPromptsForOtherSeeds,
} from './contract-checks.ts';
import { describeMethodContract } from './method-contract.ts';
import { createTinyBackbone } from './tiny-backbone.ts';

const backbone = createTinyBackbone();
afterAll(() => backbone[Symbol.dispose]());

const checks = {
  ...contractChecks,
  'gives other prompts for other seeds': givesOtherPromptsForOtherSeeds,
};

type Context = TunerContext<unknown>;

/** What a faulty method does otherwise than it should. */
interface Fault {
  initialize?(seed: number): tf.Tensor2D;
  onCreate?(context: Context): void;
  onPrompt?(tokens: tf.Tensor2D, request: PromptRequest, context: Context): tf.Tensor2D;
}

/** Three virtual tokens in front, and a fault. */
function methodWith({ initialize, onCreate, onPrompt }: Fault) {
  return defineMethod({
    name: 'three-tokens',
    configSchema: z.strictObject({ scale: z.number().default(1) }),
    architectures: ['encoder'],
    tasks: ['sequence-classification', 'token-classification'],
    createTuner: (context) => {
      const { variables } = context;
      const draw = (seed: number) => normal<tf.Rank.R2>([3, 8], 1, seed);
      const tokens = variables.create<tf.Rank.R2>('tokens', initialize ?? draw);
      onCreate?.(context);
      return {
        variables,
        layout: { kind: 'placed', at: 'front', length: 3 },
        promptLength: 3,
        prompt: (request) => {
          const copy = tf.clone(tokens);
          return {
            kind: 'virtual-tokens',
            embeddings: onPrompt?.(copy, request, context) ?? copy,
          };
        },
        [Symbol.dispose]: () => variables[Symbol.dispose](),
      };
    },
  });
}

function subjectWith(fault: Fault): ContractSubject {
  const task = { kind: 'sequence-classification', labels: ['bad', 'good'] } as const;
  const method = methodWith(fault);
  return {
    backbone,
    task: task.kind,
    parameterCount: 24,
    create: (seed) => createTuner(method, {}, { backbone, task, seed }),
  };
}

function failedChecks(subject: ContractSubject): string[] {
  return Object.entries(checks).flatMap(([name, check]) => {
    try {
      check(subject);
      return [];
    } catch {
      return [name];
    }
  });
}

describeMethodContract(methodWith({}), { config: {}, parameterCount: 24 });

const folding = 'gives the same output from a prompt that was folded into plain tensors';
const among = 'gives a row the same output alone as among longer rows';
const gradients = 'passes a gradient to each of its variables, and trains them';
const frozen = 'leaves every weight of the backbone as it was';
const parameters = 'has the number of trainable parameters its paper gives';
const leaks = 'leaks no tensor, neither in a step nor after disposal';
let draws = 0;

const faults: Readonly<Record<string, Fault & { readonly fails: readonly string[] }>> = {
  'draws from a generator of its own': {
    initialize: () => tf.fill([3, 8], ++draws),
    fails: ['gives equal prompts for equal seeds'],
  },
  'forgets the seed': {
    initialize: () => tf.fill([3, 8], 0.5),
    fails: ['gives other prompts for other seeds'],
  },
  'has a variable that nothing depends on': {
    onCreate: ({ variables }) => void variables.create('unused', () => tf.zeros([1])),
    fails: [parameters, gradients],
  },
  'gives the whole prompt a gradient of NaN': {
    onPrompt: (tokens) => tf.mul(tokens, tf.pow(tf.sub(tokens, tokens), -0)),
    fails: [gradients],
  },
  'cuts the gradient of all it has': {
    onPrompt: (tokens) => tf.tensor2d(tokens.dataSync(), [3, 8]),
    // TensorFlow.js refuses to train what nothing depends on.
    fails: [gradients, folding, frozen, leaks],
  },
  'keeps a tensor in each step': {
    onPrompt: (tokens) => tf.keep(tf.clone(tokens)),
    fails: [leaks],
  },
  'looks at the size of the batch': {
    onPrompt: (tokens, { batchSize }) => tf.mul(tokens, batchSize),
    fails: [folding, among],
  },
  'writes into the backbone': {
    onPrompt: (tokens, { training }, context) => {
      const { parameters, weight } = context.backbone as Backbone;
      // The memory of the engine itself, on engines that compute in JavaScript.
      const values = weight(parameters[0]?.name ?? '').dataSync<'float32'>();
      if (training) values.set(values.map((value) => value + 1));
      return tokens;
    },
    fails: [frozen],
  },
};

describe('a method that', () => {
  it.each(Object.entries(faults))('%s fails', (_, { fails, ...fault }) => {
    expect(failedChecks(subjectWith(fault)).sort()).toEqual([...fails].sort());
  });
});
