import * as z from 'zod';
import type { TaskKind } from '../contract/method.ts';
import { suggestName } from '../contract/nearest.ts';
import { invalidAdapter } from './invalid-adapter.ts';

const count = z.int().nonnegative();
const words = z.string().nullish();

const commonFields = {
  auto_mapping: z.unknown(),
  base_model_name_or_path: words,
  inference_mode: z.boolean().nullish(),
  modules_to_save: z.array(z.string()).nullish(),
  num_attention_heads: count.nullish(),
  num_layers: count.nullish(),
  num_transformer_submodules: count.nullish(),
  num_virtual_tokens: count,
  peft_type: z.string(),
  peft_version: words,
  revision: words,
  task_type: z.string(),
  token_dim: count.nullish(),
};

const promptFields = {
  prompt_tuning_init: words,
  prompt_tuning_init_text: words,
  tokenizer_kwargs: z.record(z.string(), z.unknown()).nullish(),
  tokenizer_name_or_path: words,
};

/** The fields of each method besides the common ones. */
const methodFields = {
  PROMPT_TUNING: z.object(promptFields),
  P_TUNING: z.object({
    encoder_dropout: z.number().nullish(),
    encoder_hidden_size: count.nullish(),
    encoder_num_layers: count.nullish(),
    encoder_reparameterization_type: words,
  }),
  PREFIX_TUNING: z.object({
    encoder_hidden_size: count.nullish(),
    init_weights: words,
    prefix_projection: z.boolean().nullish(),
  }),
  MULTITASK_PROMPT_TUNING: z.object({
    ...promptFields,
    num_ranks: count.nullish(),
    num_tasks: count.nullish(),
    prompt_tuning_init_state_dict_path: words,
    prompt_tuning_init_task: count.nullish(),
  }),
} as const;

/** The kinds of PEFT adapters that are prompts PTL knows. */
export type PeftType = keyof typeof methodFields;

const peftTypes = Object.keys(methodFields) as readonly PeftType[]; // Its own keys.

const commonSchema = z.object(commonFields);

/** What a prompt adapter's `adapter_config.json` says. */
export interface PeftConfig {
  readonly type: PeftType;
  readonly task: TaskKind;
  readonly common: z.output<typeof commonSchema>;
  /** The method's own fields, as far as the file has them. */
  readonly own: Readonly<Record<string, unknown>>;
  /** Names of fields that PTL does not know. */
  readonly unknown: readonly string[];
}

/** PEFT's names of the tasks. */
export const taskTypes: Readonly<Record<string, TaskKind>> = {
  SEQ_CLS: 'sequence-classification',
  TOKEN_CLS: 'token-classification',
  CAUSAL_LM: 'causal-language-modeling',
  SEQ_2_SEQ_LM: 'sequence-to-sequence',
  QUESTION_ANS: 'question-answering',
};

/** Whether PEFT has a name for a task, and so files that say what they are for. */
export function isPeftTask(task: TaskKind): boolean {
  return Object.values(taskTypes).includes(task);
}

/** Tasks that are done with the pretrained model's own vocabulary, and so without a head in a file. */
export const headless: ReadonlySet<TaskKind> = new Set<TaskKind>([
  'causal-language-modeling',
  'sequence-to-sequence',
]);

/**
 * Checks an `adapter_config.json`, of any release of PEFT and from anywhere.
 *
 * @throws {@link PtlError} `CHECKPOINT_INVALID`: for another kind of adapter or task, by name; for a
 *   file that asks for code of its own to be run; for fields that are not what they should be.
 */
export function parsePeftConfig(content: unknown, folder: string): PeftConfig {
  const fields = z.record(z.string(), z.unknown()).safeParse(content);
  if (!fields.success) throw invalidAdapter(folder, 'its adapter_config.json is not an object');
  const type = typeOf(fields.data['peft_type'], folder);
  const task = taskOf(fields.data['task_type'], folder);
  refuseCode(fields.data, folder);
  const common = commonSchema.safeParse(content);
  const own = methodFields[type].safeParse(content);
  const issues = [...(common.error?.issues ?? []), ...(own.error?.issues ?? [])];
  if (!common.success || !own.success) throw invalidAdapter(folder, describeIssues(issues));
  const known = new Set([...Object.keys(commonFields), ...Object.keys(methodFields[type].shape)]);
  const unknown = Object.keys(fields.data).filter((name) => !known.has(name));
  return { type, task, common: common.data, own: own.data, unknown };
}

/** The method's own fields of a config that {@link parsePeftConfig} has read before. */
export function ownFields(type: PeftType, content: unknown): Readonly<Record<string, unknown>> {
  return methodFields[type].safeParse(content).data ?? {};
}

function typeOf(value: unknown, folder: string): PeftType {
  const found = peftTypes.find((type) => type === value);
  if (found) return found;
  const named = `its peft_type is ${show(value)}`;
  const hint = typeof value === 'string' ? suggestName(value, peftTypes) : '';
  throw invalidAdapter(folder, `${named}; PTL reads prompts: ${peftTypes.join(', ')}${hint}`);
}

function taskOf(value: unknown, folder: string): TaskKind {
  const task =
    typeof value === 'string' && Object.hasOwn(taskTypes, value) ? taskTypes[value] : undefined;
  if (task) return task;
  const known = Object.keys(taskTypes).join(', ');
  throw invalidAdapter(folder, `its task_type is ${show(value)}; PTL reads: ${known}`);
}

/** PEFT imports what `auto_mapping` names, and passes `tokenizer_kwargs` on to a loader that may. */
function refuseCode(fields: Readonly<Record<string, unknown>>, folder: string): void {
  const { auto_mapping: mapping, tokenizer_kwargs: kwargs } = fields;
  if (mapping !== undefined && mapping !== null) {
    throw invalidAdapter(
      folder,
      `its auto_mapping ${show(mapping)} asks for code, which PTL never runs`,
    );
  }
  const asks = typeof kwargs === 'object' && kwargs !== null && 'trust_remote_code' in kwargs;
  if (asks && kwargs.trust_remote_code !== false) {
    throw invalidAdapter(
      folder,
      'its tokenizer_kwargs ask for trust_remote_code, which PTL never gives',
    );
  }
}

function describeIssues(issues: readonly z.core.$ZodIssue[]): string {
  const listed = issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return `its adapter_config.json is not valid: ${listed.join('; ')}`;
}

/** JSON, cut where a hostile file would fill the screen. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
