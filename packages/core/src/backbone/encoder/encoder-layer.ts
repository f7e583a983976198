import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { LayerPrefix } from '../../contract/prompt.ts';
import { activate } from '../../ops/activation.ts';
import { addNorm } from '../../ops/add-norm.ts';
import { attention } from '../../ops/attention.ts';
import type { AttentionInput, AttentionOptions } from '../../ops/attention-options.ts';
import { noDropout } from '../../ops/dropout.ts';
import { addBias, type Projection, project } from '../../ops/linear.ts';
import { prefixLength } from '../pass/prompt-shape.ts';
import type { PickRows } from '../pass/read-tokens.ts';
import type { EncoderPass } from './encoder-pass.ts';

/** One layer of a pass. */
export interface LayerRequest {
  readonly layer: number;
  readonly prefix: LayerPrefix | null;
  /** Picks the rows of `[rows, hidden]` that are asked for; null where all are. */
  readonly pick: PickRows | null;
}

/**
 * Attention and feed-forward block, each with its residual and normalization.
 *
 * Positions that nobody asks for make keys and values and nothing else.
 *
 * @param hidden - `[batch * sequence, hidden]`.
 * @returns The rows that are asked for, `[rows, hidden]`.
 */
export function encoderLayer(pass: EncoderPass, request: LayerRequest, hidden: Tensor2D): Tensor2D {
  const { spec, weights, options } = pass;
  const { layer, pick } = request;
  const names = spec.names.layer(layer);
  const trained = options.weights;
  const rows = pick ? pick(hidden) : hidden;
  const input: AttentionInput = pick
    ? {
        query: project(rows, weights.linear(names.query, trained)),
        keyValue: project(hidden, weights.packed([names.key, names.value], trained)),
      }
    : { query: project(hidden, weights.attentionInput(names, trained)), keyValue: null };
  const context = attention(input, attentionOptions(pass, request));
  const attended = project(context, weights.linear(names.attentionOutput, trained));
  const middle = addNorm(
    dropped(pass, attended, `layer/${layer}/attended`),
    rows,
    weights.norm(names.attentionNorm, trained),
  );
  const inner = activate(
    project(middle, weights.linear(names.intermediate, trained)),
    spec.activation,
  );
  const output = project(inner, weights.linear(names.output, trained));
  return addNorm(
    dropped(pass, output, `layer/${layer}/output`),
    middle,
    weights.norm(names.outputNorm, trained),
  );
}

function dropped(
  { spec, options }: EncoderPass,
  projection: Projection,
  name: string,
): Tensor2D | Projection {
  const { dropout } = options;
  return dropout ? dropout(addBias(projection), spec.dropout.hidden, name) : projection;
}

function attentionOptions(pass: EncoderPass, { layer, prefix }: LayerRequest): AttentionOptions {
  const { spec, batch, options, masks } = pass;
  const { numHeads, headSize } = spec.geometry;
  const rate = spec.dropout.attention;
  const drop = options.dropout ?? noDropout;
  const isDropped = drop !== noDropout && rate > 0;
  return {
    shape: { batch: batch.size, numHeads, headSize },
    prefix,
    bias: masks.behind(prefixLength(prefix)),
    dropWeights: isDropped
      ? (ones: Tensor): Tensor => drop(ones, rate, `layer/${layer}/attention`)
      : null,
  };
}
