import { PtlError } from '../contract/errors.ts';
import { suggestName } from '../contract/nearest.ts';
import type { EncoderSpec } from './encoder/encoder-spec.ts';
import { albert } from './families/albert.ts';
import { bert } from './families/bert.ts';
import { debertaV2 } from './families/deberta-v2.ts';
import { distilbert } from './families/distilbert.ts';
import { electra } from './families/electra.ts';
import { roberta } from './families/roberta.ts';
import { HuggingFaceConfig } from './hf-config.ts';

const families: Readonly<Record<string, (config: HuggingFaceConfig) => EncoderSpec>> = {
  albert,
  bert,
  'deberta-v2': debertaV2,
  distilbert,
  electra,
  roberta,
};

/**
 * Reads the sizes and names of a model off its `config.json`.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` for another family, or a field whose value would
 *   change the numbers in a way that is not supported.
 */
export function readSpec(config: unknown, source: string): EncoderSpec {
  const reader = new HuggingFaceConfig(config, source);
  const modelType = String((config as { readonly model_type?: unknown }).model_type ?? '');
  const read = Object.hasOwn(families, modelType) ? families[modelType] : undefined;
  if (!read) throw unknownFamily(modelType, source);
  const spec = read(reader);
  if (!Number.isInteger(spec.geometry.headSize)) {
    const { hiddenSize, numHeads } = spec.geometry;
    throw unsupported(source, `${hiddenSize} hidden units do not divide into ${numHeads} heads`);
  }
  return spec;
}

function unknownFamily(modelType: string, source: string): PtlError {
  const known = Object.keys(families);
  const named = modelType === '' ? 'no model_type' : `model_type "${modelType}"`;
  const hint = `${suggestName(modelType, known)} Supported: ${known.join(', ')}`;
  return unsupported(source, `its config.json has ${named}.${hint}`);
}

function unsupported(source: string, reason: string): PtlError {
  return new PtlError('BACKBONE_UNSUPPORTED', `"${source}" cannot be loaded: ${reason}.`, {
    source,
    reason,
  });
}
