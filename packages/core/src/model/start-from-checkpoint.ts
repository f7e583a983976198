import * as tf from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import type { CheckpointHead } from '../backbone/checkpoint-head.ts';
import { PtlError } from '../contract/errors.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { TaskInfo } from '../contract/method.ts';
import type { VariableStore } from '../contract/variable-store.ts';
import { headFor } from './head-for.ts';

/**
 * Sets a new head to the classifier that the backbone's checkpoint has.
 *
 * @throws {@link PtlError} `BACKBONE_UNSUPPORTED` if it has none for the task; `CONFIG_INVALID` if
 *   the task's labels are not those of the classifier; `SHAPE_MISMATCH` for a tensor of another
 *   width than the backbone's.
 */
export function startFromCheckpoint(
  backbone: Backbone,
  task: TaskInfo,
  variables: VariableStore,
): void {
  const head = headOf(backbone, task);
  const named = [...variables.variables].map(
    ([name, variable]) => [name.replaceAll('/', '.'), variable] as const,
  );
  const missing = named.map(([name]) => name).filter((name) => !head.tensors.has(name));
  if (missing.length > 0 || named.length === 0) {
    throw withoutHead(backbone, task, `its checkpoint lacks ${missing.join(', ') || 'one'}`);
  }
  assertLabels(head, task, `${headFor(backbone, task.kind).output}.weight`);
  for (const [name, variable] of named) {
    const { shape, values } = head.tensors.get(name) ?? { shape: [], values: [] };
    assertShape(name, shape, variable.shape);
    tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  }
}

function headOf(backbone: Backbone, task: TaskInfo): CheckpointHead {
  const { checkpointHead } = backbone;
  if (!checkpointHead) throw withoutHead(backbone, task, 'its checkpoint has none');
  const trained = checkpointHead.task;
  if (trained === null || trained === task.kind) return checkpointHead;
  throw withoutHead(backbone, task, `its checkpoint has one for ${trained}`);
}

function withoutHead({ geometry }: Backbone, { kind }: TaskInfo, reason: string): PtlError {
  const message = `"${geometry.id}" has no head for ${kind} to start from: ${reason}.`;
  return new PtlError('BACKBONE_UNSUPPORTED', message, { source: geometry.id, reason });
}

function assertLabels({ labels, tensors }: CheckpointHead, task: TaskInfo, output: string): void {
  const stored = tensors.get(output)?.shape[0] ?? 0;
  const given = task.labels;
  if (given.length === 0) return; // Answers have no labels; the shape is looked at below.
  const list = (names: readonly string[]): string => names.slice(0, 10).join(', ');
  if (stored !== given.length) {
    const known = labels ? ` (${list(labels)})` : '';
    const counts = `The checkpoint's head has ${stored} labels${known}, the task has ${given.length}`;
    throw invalidOption('createModel', 'task.labels', `${counts}: ${list(given)}.`);
  }
  if (!labels || labels.every((label, place) => label === given[place])) return;
  const order = `The checkpoint's head has the labels ${list(labels)}, in this order`;
  throw invalidOption('createModel', 'task.labels', `${order}. Got ${list(given)}.`);
}

function assertShape(tensor: string, stored: readonly number[], shape: readonly number[]): void {
  if (stored.join() === shape.join()) return;
  const [actual, expected] = [`[${stored.join(', ')}]`, `[${shape.join(', ')}]`];
  const message = `"${tensor}" of the checkpoint's head has shape ${actual}; the backbone needs ${expected}.`;
  throw new PtlError('SHAPE_MISMATCH', message, { tensor, expected, actual });
}
