import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../contract/batch.ts';
import type { LayerPrefix, Prompt } from '../../contract/prompt.ts';
import { toHeads } from '../../ops/attention-heads.ts';
import type { ForwardOptions } from '../backbone.ts';
import type { ModelWeights } from '../weights/model-weights.ts';
import { beginPass } from './begin-pass.ts';
import { embed, runStack } from './run-stack.ts';
import type { Seq2SeqSpec } from './seq2seq-spec.ts';
import { selfKeysAndValues, stackLayer } from './stack-layer.ts';
import type { StackPass } from './stack-pass.ts';
import { targetBatch } from './target-batch.ts';

/** What a pass is made of. */
export interface Seq2SeqRequest {
  readonly spec: Seq2SeqSpec;
  readonly weights: ModelWeights;
  readonly batch: Batch;
  readonly prompt: Prompt;
  readonly options: ForwardOptions;
}

/**
 * Runs the encoder over a batch and the decoder over its target. The decoder sees all that the
 * encoder gives, at virtual tokens too.
 *
 * @returns `[batch, sequence, hidden]` of the decoder, for the positions of the target.
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` if only some layers are asked for.
 */
export function encodeAndDecode(request: Seq2SeqRequest): tf.Tensor3D {
  const { spec, batch } = request;
  const prompt = decoderPrompt(request.prompt);
  const virtual = prompt.kind === 'virtual-tokens' ? (prompt.embeddings.shape.at(-2) ?? 0) : 0;
  const target = targetBatch(batch, spec, virtual);
  const encoder = encoderPass(request);
  const rows = runStack(encoder);
  const memory = { rows, masks: encoder.masks };
  const decoder = beginPass({ ...request, prompt, site: 'decoder', batch: target, memory });
  const shape: [number, number, number] = [batch.size, target.sequence, spec.geometry.hiddenSize];
  const hidden = tf.reshape<tf.Rank.R3>(runStack(decoder), shape);
  return virtual === 0 ? hidden : tf.slice(hidden, [0, virtual, 0], [-1, -1, -1]);
}

/** Virtual tokens of the encoder's input are none of the decoder's. */
function decoderPrompt(prompt: Prompt): Prompt {
  if (prompt.kind !== 'virtual-tokens') return prompt;
  const { kind, decoder } = prompt;
  return decoder ? { kind, embeddings: decoder } : { kind: 'none' };
}

/**
 * Keys and values of each of the encoder's layers for the only row of a batch, `[heads, sequence,
 * headSize]`.
 */
export function encoderKeysAndValues(request: Seq2SeqRequest): LayerPrefix[] {
  const { numLayers, numHeads, headSize } = request.spec.geometry;
  const pass = encoderPass(request);
  const layers: LayerPrefix[] = [];
  let hidden = embed(pass);
  for (let layer = 0; layer < numLayers; layer++) {
    const rows = selfKeysAndValues(pass, layer, hidden);
    const heads = tf.squeeze<tf.Tensor3D>(toHeads(rows, { batch: 1, numHeads, headSize }), [1]);
    const [keys, values] = tf.split(heads, 2) as [tf.Tensor3D, tf.Tensor3D]; // One half each.
    layers.push({ keys, values });
    hidden = stackLayer(pass, { layer, prefix: null, crossPrefix: null }, hidden);
  }
  return layers;
}

function encoderPass(request: Seq2SeqRequest): StackPass {
  return beginPass({ ...request, site: 'encoder', memory: null });
}
