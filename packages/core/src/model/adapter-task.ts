import type { Backbone } from '../backbone/backbone.ts';
import { headPrefix } from '../checkpoint/adapter-tensors.ts';
import { invalidAdapter } from '../checkpoint/invalid-adapter.ts';
import { headless } from '../checkpoint/parse-peft-config.ts';
import type { StoredAdapter } from '../checkpoint/stored-adapter.ts';
import type { PtlError } from '../contract/errors.ts';
import { invalidOption } from '../contract/invalid-option.ts';
import type { TaskKind } from '../contract/method.ts';
import type { Task } from '../task/task.ts';
import { taskFromOptions } from '../task/task-from-options.ts';
import { headFor } from './head-for.ts';

/** What messages are about. */
const subject = 'loadAdapter';

interface AdapterTaskOptions<Row, Prediction> {
  readonly labels?: readonly string[];
  readonly task?: Task<Row, Prediction>;
  readonly newHead?: boolean;
}

/**
 * The task of a PEFT adapter: the one that is given, or one with as many labels as the head has.
 *
 * @throws {@link PtlError} `CHECKPOINT_INVALID` if there is no head, or none that PTL can use;
 *   `CONFIG_INVALID` if task or labels are not those of the head.
 */
export function adapterTask<Row, Prediction>(
  backbone: Backbone,
  stored: StoredAdapter,
  kind: TaskKind,
  options: AdapterTaskOptions<Row, Prediction>,
): Task<Row, Prediction> {
  const { task } = options;
  if (headless.has(kind)) return wordTask(kind, options);
  if (kind === 'question-answering') return spanTask(backbone, stored, options);
  const given = task?.labels ?? options.labels;
  const outputs = storedLabels(backbone, stored, kind);
  if (task && task.kind !== kind) throw otherTask(kind, task.kind);
  if (task?.options['problemType'] === 'regression') {
    assertOutputs(outputs, 1, 'a regression has 1', options, stored.folder);
    return task;
  }
  const labels = labelsFor(outputs, given, options, stored.folder);
  // Without a task of its own a caller knows nothing of rows and predictions but `unknown`.
  return task ?? (taskFromOptions(kind, { labels }) as Task<Row, Prediction>);
}

/** A task without classes, and so without a head of its own. */
function wordTask<Row, Prediction>(
  kind: TaskKind,
  { task, labels, newHead }: AdapterTaskOptions<Row, Prediction>,
): Task<Row, Prediction> {
  if (task && task.kind !== kind) throw otherTask(kind, task.kind);
  if (labels) throw invalidOption(subject, 'labels', `An adapter for ${kind} has no labels.`);
  if (newHead) throw invalidOption(subject, 'newHead', `An adapter for ${kind} has no head.`);
  return task ?? (taskFromOptions(kind, {}) as Task<Row, Prediction>); // As in adapterTask.
}

/** A task with a head of its own whose two outputs are no classes. */
function spanTask<Row, Prediction>(
  backbone: Backbone,
  stored: StoredAdapter,
  { task, labels, newHead = false }: AdapterTaskOptions<Row, Prediction>,
): Task<Row, Prediction> {
  const kind = 'question-answering';
  if (task && task.kind !== kind) throw otherTask(kind, task.kind);
  if (labels)
    throw invalidOption(subject, 'labels', 'An adapter for question answering has no labels.');
  const outputs = storedLabels(backbone, stored, kind);
  const needed = 'the start and the end of an answer are 2';
  assertOutputs(outputs, 2, needed, { newHead }, stored.folder);
  return task ?? (taskFromOptions(kind, {}) as Task<Row, Prediction>); // As in adapterTask.
}

function otherTask(expected: TaskKind, actual: TaskKind): PtlError {
  return invalidOption(subject, 'task', `The adapter is for ${expected}, not for ${actual}.`);
}

/** How many labels the head in a file has; null where there is no head. */
function storedLabels(backbone: Backbone, stored: StoredAdapter, kind: TaskKind): number | null {
  const name = `${headPrefix}${headFor(backbone, kind).output}.weight`;
  const shape = stored.shapeOf(name);
  if (!shape) return null;
  const [labels = 0, width] = shape;
  const { hiddenSize } = backbone.geometry;
  if (shape.length !== 2 || width !== hiddenSize) {
    const [actual, expected] = [`[${shape.join(', ')}]`, `[labels, ${hiddenSize}]`];
    const reason = `"${name}" has shape ${actual}; this backbone and task need ${expected}`;
    throw invalidAdapter(stored.folder, reason);
  }
  return labels;
}

/** For heads whose outputs are no labels. */
function assertOutputs(
  stored: number | null,
  expected: number,
  needed: string,
  { newHead = false }: { readonly newHead?: boolean },
  folder: string,
): void {
  if (stored === null && !newHead) throw lacksHead(folder);
  if (stored === null || stored === expected) return;
  throw invalidAdapter(folder, `its head has ${stored} outputs; ${needed}`);
}

function labelsFor(
  stored: number | null,
  given: readonly string[] | undefined,
  { newHead = false }: { readonly newHead?: boolean },
  folder: string,
): readonly string[] {
  if (stored === null && !newHead) throw lacksHead(folder);
  if (stored !== null && stored < 2) {
    const hint = 'or, with { task: regression() }, one output';
    const reason = `its head has ${stored} labels; PTL reads classifiers, of two or more, ${hint}`;
    throw invalidAdapter(folder, reason);
  }
  if (stored === null && !given) {
    throw invalidOption(subject, 'labels', 'A new head needs its labels, or a task.');
  }
  if (stored !== null && given && given.length !== stored) {
    const counts = `The head has ${stored} labels, but ${given.length} were given`;
    throw invalidOption(subject, 'labels', `${counts}: ${given.slice(0, 10).join(', ')}.`);
  }
  return given ?? Array.from({ length: stored ?? 0 }, (_, index) => `LABEL_${index}`);
}

function lacksHead(folder: string): PtlError {
  const hint =
    'PEFT 0.13, 0.15 and 0.16 wrote none; { newHead: true, labels } starts one that has to be trained';
  return invalidAdapter(folder, `it lacks the weights of a head. ${hint}`);
}
