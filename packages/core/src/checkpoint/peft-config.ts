import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import type { TaskKind } from '../contract/method.ts';
import type { Prompt } from '../contract/prompt.ts';
import { headless, ownFields, type PeftType, taskTypes } from './parse-peft-config.ts';
import { knowsField, type PeftRelease } from './peft-release.ts';

export interface PeftConfigOptions {
  readonly kind: Exclude<Prompt['kind'], 'none'>;
  readonly promptLength: number;
  readonly task: TaskKind;
  readonly geometry: BackboneGeometry;
  /** Paths of backbone modules that were trained along. */
  readonly modules: readonly string[];
  /** The config of the adapter that the model was loaded from, if it was one of PEFT's. */
  readonly origin: unknown;
  /** Whose format is written. */
  readonly release: PeftRelease;
}

/**
 * The content of `adapter_config.json` as PEFT writes it: keys sorted, two spaces, no newline at
 * the end. Fields that the release does not know are left out.
 */
export function peftConfig(options: PeftConfigOptions): string {
  const { release } = options;
  const fields: Readonly<Record<string, unknown>> = {
    ...commonFields(options),
    ...methodFields(options),
  };
  const written = Object.keys(fields)
    .filter((name) => knowsField(release, name))
    .sort()
    .map((name) => [name, fields[name]]);
  return JSON.stringify(Object.fromEntries(written), null, 2);
}

/** Those of the method that the prompt is stored as: old releases refuse another method's. */
function methodFields(options: PeftConfigOptions): Readonly<Record<string, unknown>> {
  const kept = keptFields(options.origin);
  if (kept['peft_type'] === 'P_TUNING') return kept;
  const defaults = options.kind === 'layer-prefixes' ? prefixFields(options) : promptFields;
  return { ...defaults, ...kept };
}

const promptFields = {
  peft_type: 'PROMPT_TUNING',
  prompt_tuning_init: 'RANDOM',
  prompt_tuning_init_text: null,
  tokenizer_kwargs: null,
  tokenizer_name_or_path: null,
};

function prefixFields({ geometry }: PeftConfigOptions) {
  return {
    encoder_hidden_size: geometry.numKeyValueHeads * geometry.headSize,
    init_weights: null,
    peft_type: 'PREFIX_TUNING',
    prefix_projection: false,
  };
}

function commonFields({ kind, promptLength, task, geometry, modules, release }: PeftConfigOptions) {
  const { numKeyValueHeads, headSize, embeddingSize, numHeads, numLayers, id } = geometry;
  const isPrefix = kind === 'layer-prefixes';
  const saved = [...headModules(task), ...modules];
  const [taskType] = Object.entries(taskTypes).find(([, name]) => name === task) ?? [];
  return {
    auto_mapping: null,
    base_model_name_or_path: id,
    inference_mode: true,
    modules_to_save: saved.length > 0 ? saved : null,
    num_attention_heads: isPrefix ? numKeyValueHeads : numHeads,
    num_layers: numLayers,
    num_transformer_submodules: submodules(kind, task),
    num_virtual_tokens: promptLength,
    peft_version: release.join('.'),
    revision: null,
    task_type: taskType,
    token_dim: isPrefix ? numKeyValueHeads * headSize : embeddingSize,
  };
}

/** The names that PEFT looks for a task's head under. */
function headModules(task: TaskKind): readonly string[] {
  if (headless.has(task)) return [];
  return task === 'question-answering' ? ['qa_outputs'] : ['classifier', 'score'];
}

/**
 * How many parts of the model PEFT makes a prompt for. Those of an encoder-decoder are 2, of which it
 * uses the encoder's virtual tokens and the decoder's prefixes; virtual tokens can do without the
 * other half, prefixes cannot be read without it.
 */
function submodules(kind: Prompt['kind'], task: TaskKind): number {
  return kind === 'layer-prefixes' && task === 'sequence-to-sequence' ? 2 : 1;
}

/**
 * What a model that came from PEFT keeps: its base model and how its prompt was made. A multi-task
 * prompt is one task's by now, and so a plain one.
 */
function keptFields(origin: unknown): Readonly<Record<string, unknown>> {
  if (typeof origin !== 'object' || origin === null || !('peft_type' in origin)) return {};
  const { peft_type: type, base_model_name_or_path: base, revision } = origin as Fields;
  const kept = { base_model_name_or_path: base ?? null, revision: revision ?? null };
  const isKnown = type === 'PROMPT_TUNING' || type === 'P_TUNING' || type === 'PREFIX_TUNING';
  if (!isKnown) return kept;
  return { ...kept, ...ownFields(type, origin), peft_type: type };
}

/** Fields of a parsed `adapter_config.json`. */
type Fields = { readonly peft_type: PeftType } & Readonly<Record<string, unknown>>;
