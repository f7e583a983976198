import * as tf from '@tensorflow/tfjs';
import { PtlError } from '../contract/errors.ts';
import type { BackboneGeometry } from '../contract/frozen-backbone.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { PromptLayout } from '../contract/layout.ts';
import type { Prompt } from '../contract/prompt.ts';
import {
  promptFromTensor,
  promptShape,
  promptTensor,
  taskColumns,
  taskRows,
} from './adapter-tensors.ts';
import { invalidAdapter } from './invalid-adapter.ts';
import type { PeftConfig } from './parse-peft-config.ts';
import type { StoredAdapter } from './stored-adapter.ts';

/** A prompt with the place of its virtual tokens. */
export interface PlacedPrompt {
  /** Owned by the caller. */
  readonly prompt: Prompt;
  readonly layout: PromptLayout;
  /** Tensors of the file that it was made of. */
  readonly tensors: readonly string[];
}

/**
 * Reads the prompt of a PEFT adapter for a backbone.
 *
 * @param taskIndex - Which task's prompt of a multi-task adapter; may be absent if it has one.
 * @throws {@link PtlError} `BACKBONE_MISMATCH` if the adapter was made for other sizes,
 *   `CHECKPOINT_INVALID`, or `CONFIG_INVALID` for a task that the adapter lacks.
 */
export function readPeftPrompt(
  stored: StoredAdapter,
  config: PeftConfig,
  geometry: BackboneGeometry,
  taskIndex: number | undefined,
): PlacedPrompt {
  assertSizes(config, geometry);
  const { num_virtual_tokens: length } = config.common;
  const submodules = submodulesOf(config, stored.folder);
  const kind = config.type === 'PREFIX_TUNING' ? 'layer-prefixes' : 'virtual-tokens';
  const rows = kind === 'layer-prefixes' ? length : length * submodules;
  const flat = stored.tensor<tf.Rank.R2>(promptTensor, promptShape(kind, rows, geometry));
  try {
    const isMultitask = config.type === 'MULTITASK_PROMPT_TUNING';
    const hasDecoder = isMultitask && submodules === 2;
    const used = tf.tidy(() => {
      const scale = isMultitask ? taskScale(stored, config, flat.shape, taskIndex) : null;
      const whole: tf.Tensor2D = scale ? tf.mul(flat, scale) : flat;
      // The encoder's come first; only multi-task prompts have a use for the others.
      return tf.slice(whole, [0, 0], [hasDecoder ? rows : length, -1]);
    });
    const prompt: Prompt =
      length === 0 ? { kind: 'none' } : promptFromTensor(kind, used, geometry, hasDecoder);
    used.dispose();
    return {
      prompt,
      layout:
        prompt.kind === 'virtual-tokens'
          ? { kind: 'placed', at: 'front', length }
          : { kind: 'none' },
      tensors: isMultitask ? [promptTensor, taskColumns, taskRows] : [promptTensor],
    };
  } finally {
    flat.dispose();
  }
}

/**
 * How many parts of the model the prompt was made for.
 *
 * @throws {@link PtlError} `CHECKPOINT_INVALID` for a number with which PEFT computes nothing.
 */
function submodulesOf({ type, task, common }: PeftConfig, folder: string): number {
  const usual = task === 'sequence-to-sequence' ? 2 : 1;
  const submodules = common.num_transformer_submodules ?? usual;
  const allowed = type === 'PREFIX_TUNING' || usual === 1 ? [usual] : [1, 2];
  if (allowed.includes(submodules)) return submodules;
  const expected = `it is ${allowed.join(' or ')} for this task`;
  throw invalidAdapter(folder, `its num_transformer_submodules is ${submodules}; ${expected}`);
}

/** What one task multiplies the shared prompt by: `columns @ rows`, `[promptLength, hidden]`. */
function taskScale(
  stored: StoredAdapter,
  { own }: PeftConfig,
  [length, width]: readonly [number, number],
  taskIndex: number | undefined,
): tf.Tensor2D {
  const { num_tasks: tasks, num_ranks: ranks } = own as { num_tasks?: number; num_ranks?: number };
  const [numTasks, numRanks] = [tasks ?? 1, ranks ?? 1];
  const task = taskIndex ?? (numTasks === 1 ? 0 : -1);
  if (!Number.isInteger(task) || task < 0 || task >= numTasks)
    throw unknownTask(taskIndex, numTasks);
  return tf.tidy(() => {
    const columns = stored.tensor<tf.Rank.R3>(taskColumns, [numTasks, length, numRanks]);
    const rows = stored.tensor<tf.Rank.R3>(taskRows, [numTasks, numRanks, width]);
    const ofTask = (tensor: tf.Tensor3D): tf.Tensor2D =>
      tf.squeeze(tf.slice(tensor, [task, 0, 0], [1, -1, -1]), [0]);
    return tf.matMul(ofTask(columns), ofTask(rows));
  });
}

function unknownTask(taskIndex: number | undefined, numTasks: number): PtlError {
  const given = taskIndex === undefined ? 'none was given' : `not ${taskIndex}`;
  const message = `The adapter has prompts for ${numTasks} tasks: choose one from 0 to ${numTasks - 1}; ${given}.`;
  return invalidOption('loadAdapter', 'taskIndex', message);
}

/** Holds the sizes in the file, where it has them, against those of the backbone. */
function assertSizes({ type, common }: PeftConfig, geometry: BackboneGeometry): void {
  const { numLayers, numKeyValueHeads, headSize, embeddingSize, id } = geometry;
  const isPrefix = type === 'PREFIX_TUNING';
  const width = isPrefix ? numKeyValueHeads * headSize : embeddingSize;
  const sizes = [
    ['layers', common.num_layers, numLayers],
    ['numbers a token', common.token_dim, width],
    // For virtual tokens nothing depends on the heads.
    ['heads', isPrefix ? common.num_attention_heads : null, numKeyValueHeads],
  ] as const;
  const other = sizes.filter(([, stored, own]) => (stored ?? own) !== own);
  if (other.length === 0) return;
  const made = other.map(([name, stored]) => `${stored} ${name}`).join(', ');
  const has = other.map(([name, , own]) => `${own} ${name}`).join(', ');
  const base = common.base_model_name_or_path;
  const expected = `${base ? `"${base}"` : 'a model'} with ${made}`;
  const message = `The adapter was made for ${expected}, but "${id}" has ${has}.`;
  throw new PtlError('BACKBONE_MISMATCH', message, { expected, actual: `"${id}" with ${has}` });
}
