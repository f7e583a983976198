import { PtlError } from '../contract/errors.ts';
import { suggestName } from '../contract/nearest.ts';
import { decoderNetwork } from './decoder/decoder-network.ts';
import type { DecoderSpec } from './decoder/decoder-spec.ts';
import { encoderNetwork } from './encoder/encoder-network.ts';
import type { EncoderSpec } from './encoder/encoder-spec.ts';
import { albert } from './families/albert.ts';
import { bart } from './families/bart.ts';
import { bert } from './families/bert.ts';
import { debertaV2 } from './families/deberta-v2.ts';
import { distilbert } from './families/distilbert.ts';
import { electra } from './families/electra.ts';
import { gpt2 } from './families/gpt2.ts';
import { llama } from './families/llama.ts';
import { qwen2, qwen3 } from './families/qwen.ts';
import { roberta } from './families/roberta.ts';
import { t5 } from './families/t5.ts';
import { HuggingFaceConfig } from './hf-config.ts';
import type { Network } from './network.ts';
import { seq2seqNetwork } from './seq2seq/seq2seq-network.ts';
import type { Seq2SeqSpec } from './seq2seq/seq2seq-spec.ts';
import type { Precision } from './weights/precision.ts';
import type { Weights } from './weights/weights.ts';

type Reader<Spec> = (config: HuggingFaceConfig) => Spec;

const encoders: Readonly<Record<string, Reader<EncoderSpec>>> = {
  albert,
  bert,
  'deberta-v2': debertaV2,
  distilbert,
  electra,
  roberta,
};
const decoders: Readonly<Record<string, Reader<DecoderSpec>>> = { gpt2, llama, qwen2, qwen3 };
const encoderDecoders: Readonly<Record<string, Reader<Seq2SeqSpec>>> = { bart, t5 };

/** A family's model as its config describes it, still without weights. */
interface DescribedModel {
  readonly geometry: Network['geometry'];
  load(weights: Weights, precision: Precision): Network;
}

/**
 * Reads the sizes and names of a model off its `config.json`.
 *
 * @param id - Where it comes from, for messages.
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` for another family, or a field whose value would
 *   change the numbers in a way that is not supported.
 */
export function findFamily(config: unknown, id: string): DescribedModel {
  if (Object.hasOwn(decoders, modelTypeOf(config))) {
    const spec = readDecoder(config, id);
    const { geometry } = spec;
    return {
      geometry,
      load: (weights, precision) => decoderNetwork(spec, weights, { id, precision }),
    };
  }
  if (Object.hasOwn(encoderDecoders, modelTypeOf(config))) {
    const spec = readEncoderDecoder(config, id);
    const { geometry } = spec;
    return {
      geometry,
      load: (weights, precision) => seq2seqNetwork(spec, weights, { id, precision }),
    };
  }
  const spec = readEncoder(config, id);
  const { geometry } = spec;
  return {
    geometry,
    load: (weights, precision) => encoderNetwork(spec, weights, { id, precision }),
  };
}

/** The same for an encoder. */
export function readEncoder(config: unknown, id: string): EncoderSpec {
  return readSpec(encoders, config, id);
}

/** The same for a decoder. */
export function readDecoder(config: unknown, id: string): DecoderSpec {
  return readSpec(decoders, config, id);
}

/** The same for an encoder with a decoder. */
export function readEncoderDecoder(config: unknown, id: string): Seq2SeqSpec {
  return readSpec(encoderDecoders, config, id);
}

function readSpec<Spec extends Pick<Network, 'geometry'>>(
  families: Readonly<Record<string, Reader<Spec>>>,
  config: unknown,
  id: string,
): Spec {
  const reader = new HuggingFaceConfig(config, id);
  const modelType = modelTypeOf(config);
  const read = Object.hasOwn(families, modelType) ? families[modelType] : undefined;
  if (!read) throw unknownFamily(modelType, id);
  const spec = read(reader);
  assertHeadsFit(spec.geometry, id);
  return spec;
}

function modelTypeOf(config: unknown): string {
  const { model_type: modelType } = (config ?? {}) as { readonly model_type?: unknown };
  return String(modelType ?? '');
}

function assertHeadsFit(geometry: Network['geometry'], id: string): void {
  const { hiddenSize, numHeads, numKeyValueHeads, headSize } = geometry;
  if (!Number.isInteger(headSize)) {
    throw unsupported(id, `${hiddenSize} hidden units do not divide into ${numHeads} heads`);
  }
  if (!Number.isInteger(numHeads / numKeyValueHeads)) {
    const reason = `${numHeads} query heads cannot share ${numKeyValueHeads} key heads evenly`;
    throw unsupported(id, reason);
  }
}

function unknownFamily(modelType: string, id: string): PtlError {
  const known = [encoders, decoders, encoderDecoders].flatMap((kind) => Object.keys(kind)).sort();
  const named = modelType === '' ? 'no model_type' : `model_type "${modelType}"`;
  const hint = `${suggestName(modelType, known)} Supported: ${known.join(', ')}`;
  return unsupported(id, `its config.json has ${named}.${hint}`);
}

function unsupported(source: string, reason: string): PtlError {
  return new PtlError('BACKBONE_UNSUPPORTED', `"${source}" cannot be loaded: ${reason}.`, {
    source,
    reason,
  });
}
