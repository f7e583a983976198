import type * as tf from '@tensorflow/tfjs';
import type { Backbone } from '../backbone/backbone.ts';
import {
  promptFromTensor,
  promptShape,
  promptTensor,
  unfrozenPrefix,
} from '../checkpoint/adapter-tensors.ts';
import { invalidAdapter } from '../checkpoint/invalid-adapter.ts';
import { type PtlJson, parsePtlJson } from '../checkpoint/ptl-json.ts';
import type { StoredAdapter } from '../checkpoint/stored-adapter.ts';
import { storedName } from '../checkpoint/trained-modules.ts';
import { readUnevenPrefixes } from '../checkpoint/uneven-prefixes.ts';
import { PtlError } from '../contract/errors.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { nodeFiles } from '../files/node-files.ts';
import { readJson } from '../files/read-file.ts';
import { recoverFolder } from '../files/recover-folder.ts';
import type { Task } from '../task/task.ts';
import { taskFromOptions } from '../task/task-from-options.ts';
import { createHead } from './create-head.ts';
import { fillHead } from './fill-head.ts';
import { FoldedTuner } from './folded-tuner.ts';
import type { PromptOrigin } from './model-parts.ts';
import { readStoredAdapter } from './read-stored-adapter.ts';
import { TunedModel } from './tuned-model.ts';

export interface LoadModelOptions<Row = unknown, Prediction = unknown> {
  /** The backbone it was trained on; weights are compared by their hash. */
  readonly backbone: Backbone;
  /** The task it was trained for, which types rows and predictions. Made from the folder if absent. */
  readonly task?: Task<Row, Prediction>;
}

/**
 * Loads a saved model for use. What was saved is folded, so no method needs to be installed.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND`, `CHECKPOINT_INVALID`, also if it was trained for another
 *   task than the given one, or `BACKBONE_MISMATCH` if it was trained on other weights.
 */
export async function loadModel<Row = unknown, Prediction = unknown>(
  folder: string,
  { backbone, task }: LoadModelOptions<Row, Prediction>,
): Promise<TunedModel<Row, Prediction>> {
  await recoverFolder(folder);
  const { path } = await nodeFiles();
  const content = parsePtlJson(await readJson(path.join(folder, 'ptl.json')), folder);
  assertSameBackbone(content, backbone);
  const stored = await readStoredAdapter(folder);
  const { kind, options } = content.task;
  // Without a task of its own a caller knows nothing of rows and predictions but `unknown`.
  const saved = taskFromOptions(kind, options) as Task<Row, Prediction>;
  if (task) assertSameTask(saved, task, folder);
  return assemble(stored, content, backbone, task ?? saved);
}

function assertSameBackbone({ backbone: saved }: PtlJson, backbone: Backbone): void {
  if (saved.fingerprint === backbone.fingerprint) return;
  const [expected, actual] = [saved.id, backbone.geometry.id];
  const message =
    `The adapter was trained on "${expected}" (weights ${saved.fingerprint.slice(0, 12)}), ` +
    `but "${actual}" (weights ${backbone.fingerprint.slice(0, 12)}) was given.`;
  throw new PtlError('BACKBONE_MISMATCH', message, { expected, actual });
}

type TaskIdentity = Pick<Task, 'kind' | 'labels' | 'options'>;

function assertSameTask(saved: TaskIdentity, given: TaskIdentity, folder: string): void {
  const text = ({ kind, labels, options }: TaskIdentity): string => {
    const { problemType, marks } = options;
    const how = [problemType, marks].filter((one) => one !== undefined);
    const use = how.length === 0 ? '' : ` (${how.join(', ')})`;
    return `${kind}${use} with labels ${labels.join(', ')}`;
  };
  if (text(saved) === text(given)) return;
  const reason = `it was trained for ${text(saved)}, not for ${text(given)}`;
  const message = `The adapter in "${folder}" cannot be loaded: ${reason}.`;
  throw new PtlError('CHECKPOINT_INVALID', message, { folder, reason });
}

function assemble<Row, Prediction>(
  stored: StoredAdapter,
  content: PtlJson,
  backbone: Backbone,
  task: Task<Row, Prediction>,
): TunedModel<Row, Prediction> {
  const { method, prompt, semantics } = content;
  const headVariables = new VariableStore('head', 0);
  const unfrozen = new VariableStore('backbone', 0);
  try {
    const head = createHead(backbone, task, prompt.layout, headVariables);
    fillHead(stored, headVariables);
    for (const name of content.unfrozen) {
      unfrozen.create(name, () => {
        const { shape } = parameterOf(backbone, name, stored.folder);
        const alone = prompt.kind === 'none';
        const stem = alone ? unfrozenPrefix + name : storedName(backbone, name);
        return stored.tensor(stem, shape);
      });
    }
    return new TunedModel({
      backbone,
      task,
      tuner: new FoldedTuner(storedPrompt(stored, content, backbone), prompt.layout, prompt.length),
      head,
      headVariables,
      unfrozen,
      positionOffset: semantics.positionOffset,
      semantics: semantics.rules,
      origin: readOrigin(method),
    });
  } catch (error) {
    headVariables[Symbol.dispose]();
    unfrozen[Symbol.dispose]();
    throw error;
  }
}

function readOrigin({ name, config, seed, startedFrom }: PtlJson['method']): PromptOrigin {
  const before = startedFrom ? { startedFrom: readOrigin(startedFrom) } : {};
  return { method: name, config, seed, ...before };
}

function storedPrompt(
  stored: StoredAdapter,
  { prompt }: PtlJson,
  { geometry }: Backbone,
): ReturnType<typeof promptFromTensor> {
  if (prompt.kind === 'none') return { kind: 'none' };
  if (prompt.layers) return readUnevenPrefixes(stored, prompt.layers, geometry);
  const { kind, length, decoder: hasDecoder } = prompt;
  const shape = promptShape(kind, length, geometry, hasDecoder);
  const tensor = stored.tensor<tf.Rank.R2>(promptTensor, shape);
  const loaded = promptFromTensor(kind, tensor, geometry, hasDecoder);
  tensor.dispose();
  return loaded;
}

function parameterOf({ parameters, geometry }: Backbone, name: string, folder: string) {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found) return found;
  throw invalidAdapter(folder, `it trains "${name}", which "${geometry.id}" does not have`);
}
