import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import type { TaskKind } from '../contract/method.ts';
import type { Prompt } from '../contract/prompt.ts';
import { headless, ownFields, type PeftType, taskTypes } from './parse-peft-config.ts';
import { knowsField, type PeftRelease } from './peft-release.ts';

export interface PeftConfigOptions {
  readonly kind: Exclude<Prompt['kind'], 'none'>;
  readonly promptLength: number;
  /** Whether as many virtual tokens are the decoder's. False if absent. */
  readonly hasDecoder?: boolean;
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
  return { ...defaultFields(options), ...kept };
}

const promptFields = {
  peft_type: 'PROMPT_TUNING',
  prompt_tuning_init: 'RANDOM',
  prompt_tuning_init_text: null,
  tokenizer_kwargs: null,
  tokenizer_name_or_path: null,
};

/** With one task, whose share is the whole prompt. */
const taskFields = {
  ...promptFields,
  num_ranks: 1,
  num_tasks: 1,
  peft_type: 'MULTITASK_PROMPT_TUNING',
  prompt_tuning_init_state_dict_path: null,
  prompt_tuning_init_task: 0,
};

function defaultFields(options: PeftConfigOptions): Readonly<Record<string, unknown>> {
  if (options.kind === 'layer-prefixes') return prefixFields(options);
  return options.hasDecoder ? taskFields : promptFields;
}

function prefixFields({ geometry }: PeftConfigOptions) {
  return {
    encoder_hidden_size: geometry.numKeyValueHeads * geometry.headSize,
    init_weights: null,
    peft_type: 'PREFIX_TUNING',
    prefix_projection: false,
  };
}

function commonFields(options: PeftConfigOptions) {
  const { kind, promptLength, task, geometry, modules, release } = options;
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
    num_transformer_submodules: submodules(options),
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
 * How many parts of the model PEFT makes a prompt for. Those of an encoder-decoder are 2, and its
 * prefixes cannot be read as less, although all are the decoder's; virtual tokens can.
 */
function submodules({ kind, task, hasDecoder }: PeftConfigOptions): number {
  const isPair = kind === 'layer-prefixes' && task === 'sequence-to-sequence';
  return isPair || hasDecoder === true ? 2 : 1;
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
