import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { LayerPrefix } from '../../contract/prompt.ts';
import { activate, gelu } from '../../ops/activation.ts';
import { addNorm } from '../../ops/add-norm.ts';
import { attention } from '../../ops/attention.ts';
import type { AttentionInput, AttentionOptions } from '../../ops/attention-options.ts';
import { noDropout } from '../../ops/dropout.ts';
import { fusedEncoderLayer } from '../../ops/fused-encoder-layer.ts';
import { addBias, type Projection, project } from '../../ops/linear.ts';
import { prefixLength } from '../pass/prompt-shape.ts';
import type { PickRows } from '../pass/read-tokens.ts';
import { convolve } from './convolution.ts';
import { disentangledContext } from './disentangled-layer.ts';
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
  const whole = wholeLayer(pass, request, rows, hidden);
  if (whole) return whole;
  const context = attend(pass, request, rows, hidden);
  const attended = project(context, weights.linear(names.attentionOutput, trained));
  const middle = addNorm(
    dropped(pass, attended, spec.dropout.hidden, `layer/${layer}/attended`),
    rows,
    weights.norm(names.attentionNorm, trained),
  );
  const inner = activate(
    project(middle, weights.linear(names.intermediate, trained)),
    spec.activation,
  );
  const projected = project(inner, weights.linear(names.output, trained));
  const output = addNorm(
    dropped(pass, projected, spec.dropout.output ?? spec.dropout.hidden, `layer/${layer}/output`),
    middle,
    weights.norm(names.outputNorm, trained),
  );
  const convolution = layer === 0 ? spec.disentangled?.convolution : null;
  return convolution ? convolve(pass, convolution, { embedded: hidden, output, pick }) : output;
}

/** The layer by one kernel; null where there is none that does what is asked for. */
function wholeLayer(
  pass: EncoderPass,
  request: LayerRequest,
  rows: Tensor2D,
  hidden: Tensor2D,
): Tensor2D | null {
  const { spec, weights, options } = pass;
  if (options.dropout || spec.disentangled || spec.activation !== gelu) return null;
  const names = spec.names.layer(request.layer);
  const trained = options.weights;
  const layer = {
    input: weights.attentionInput(names, trained),
    attended: weights.linear(names.attentionOutput, trained),
    attendedNorm: weights.norm(names.attentionNorm, trained),
    inner: weights.linear(names.intermediate, trained),
    output: weights.linear(names.output, trained),
    outputNorm: weights.norm(names.outputNorm, trained),
  };
  return fusedEncoderLayer({ rows, hidden }, layer, attentionOptions(pass, request));
}

/** @param rows - Those of `hidden` that are asked for. */
function attend(
  pass: EncoderPass,
  request: LayerRequest,
  rows: Tensor2D,
  hidden: Tensor2D,
): Tensor2D {
  const { spec, weights } = pass;
  const { layer, pick } = request;
  const trained = pass.options.weights;
  const names = spec.names.layer(layer);
  const options = attentionOptions(pass, request);
  if (spec.disentangled) {
    const context = disentangledContext(pass, spec.disentangled, layer, hidden, options);
    return pick ? pick(context) : context;
  }
  const input: AttentionInput = pick
    ? {
        query: project(rows, weights.linear(names.query, trained)),
        keyValue: project(hidden, weights.packed([names.key, names.value], trained)),
      }
    : { query: project(hidden, weights.attentionInput(names, trained)), keyValue: null };
  return attention(input, options);
}

function dropped(
  { options }: EncoderPass,
  projection: Projection,
  rate: number,
  name: string,
): Tensor2D | Projection {
  const { dropout } = options;
  return dropout ? dropout(addBias(projection), rate, name) : projection;
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
    bias: masks.behind(prefixLength(prefix), prefix?.lengths),
    dropWeights: isDropped
      ? (ones: Tensor): Tensor => drop(ones, rate, `layer/${layer}/attention`)
      : null,
  };
}
