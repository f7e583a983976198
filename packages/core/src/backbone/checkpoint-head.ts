import type { BackboneParameter } from '../contract/frozen-backbone.ts';
import type { TaskKind } from '../contract/method.ts';
import type { HeadGeometry } from '../task/head.ts';
import type { Weights } from './weights/weights.ts';

/** Values of one tensor of a head, row-major. */
export interface HeadTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A classifier that a checkpoint has on top of its transformer. */
export interface CheckpointHead {
  /** What it was trained for, as `architectures` in its config tells; null where that says nothing. */
  readonly task: TaskKind | null;
  /** In the order of its logits, as `id2label` in its config names them; null where it does not. */
  readonly labels: readonly string[] | null;
  /** By their names in Transformers' task model, such as `classifier.weight`. */
  readonly tensors: ReadonlyMap<string, HeadTensor>;
}

const taskModels: Readonly<Record<string, TaskKind>> = {
  ForSequenceClassification: 'sequence-classification',
  ForTokenClassification: 'token-classification',
  ForQuestionAnswering: 'question-answering',
  ForMultipleChoice: 'multiple-choice',
};

/** What is known of a model before its classifier is looked for. */
interface KnownModel {
  readonly heads: Readonly<Partial<Record<TaskKind, HeadGeometry>>>;
  readonly parameters: readonly BackboneParameter[];
}

/** Reads the classifier of a checkpoint, which is none of the backbone's own weights; null without. */
export function readCheckpointHead(
  weights: Weights,
  config: unknown,
  { heads, parameters }: KnownModel,
): CheckpointHead | null {
  const own = new Set(parameters.map(({ name }) => name));
  const classifiers = Object.values(heads).filter(({ vocabularyLogits }) => !vocabularyLogits);
  const modules = classifiers.flatMap(({ dense, output }) => [
    ...(dense ? [dense.name] : []),
    output,
  ]);
  const names = modules.flatMap((module) => [`${module}.weight`, `${module}.bias`]);
  const found = names.filter((name) => weights.has(name) && !own.has(name));
  // A pooler alone, as encoders have it too, is none.
  if (!classifiers.some(({ output }) => found.includes(`${output}.weight`))) return null;
  const tensors = new Map(
    // Copied: they may share memory with the whole file.
    found.map((name) => [
      name,
      { shape: weights.shape(name), values: weights.float32(name).slice() },
    ]),
  );
  return { task: taskOf(config), labels: labelsOf(config), tensors };
}

function taskOf(config: unknown): TaskKind | null {
  const { architectures } = (config ?? {}) as { readonly architectures?: unknown };
  const name = Array.isArray(architectures) ? String(architectures[0]) : '';
  const ending = Object.keys(taskModels).find((candidate) => name.endsWith(candidate));
  return (ending && taskModels[ending]) || null;
}

/** Names that Transformers makes up count as none. */
function labelsOf(config: unknown): readonly string[] | null {
  const { id2label } = (config ?? {}) as { readonly id2label?: unknown };
  if (typeof id2label !== 'object' || id2label === null) return null;
  const labels = Object.entries(id2label)
    .sort(([one], [other]) => Number(one) - Number(other))
    .map(([, label]) => String(label));
  return labels.every((label, id) => label === `LABEL_${id}`) ? null : labels;
}
