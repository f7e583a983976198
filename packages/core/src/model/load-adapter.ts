import type { Backbone } from '../backbone/backbone.ts';
import { type ExtraTensors, sortExtraTensors } from '../checkpoint/extra-tensors.ts';
import { type PeftConfig, parsePeftConfig } from '../checkpoint/parse-peft-config.ts';
import { type PlacedPrompt, readPeftPrompt } from '../checkpoint/read-peft-prompt.ts';
import type { StoredAdapter } from '../checkpoint/stored-adapter.ts';
import { deriveSeed } from '../contract/seed.ts';
import { VariableStore } from '../contract/variable-store.ts';
import { nodeFiles } from '../files/node-files.ts';
import { readJson } from '../files/read-file.ts';
import { recoverFolder } from '../files/recover-folder.ts';
import type { Task, TaskHead } from '../task/task.ts';
import { adapterTask } from './adapter-task.ts';
import { createHead } from './create-head.ts';
import { fillHead, headTensors } from './fill-head.ts';
import { disposePrompt, FoldedTuner } from './folded-tuner.ts';
import { headFor } from './head-for.ts';
import { readStoredAdapter } from './read-stored-adapter.ts';
import { TunedModel } from './tuned-model.ts';

export interface LoadAdapterOptions<Row = unknown, Prediction = unknown> {
  /** In the order of the logits; PEFT's files do not have them. `LABEL_0`, `LABEL_1`, … if absent. */
  readonly labels?: readonly string[];
  /** In place of `labels`: the task with its labels, which types rows and predictions. */
  readonly task?: Task<Row, Prediction>;
  /** Which task's prompt of a multi-task adapter, counted from 0. */
  readonly taskIndex?: number;
  /**
   * Accepts a file without a head, as PEFT 0.15 and 0.16 wrote them, and starts a new one for
   * `labels` or `task`.
   */
  readonly newHead?: boolean;
  /** Of a new head's initial values. */
  readonly seed?: number;
}

/** What PTL calls the methods of PEFT. */
const methodNames: Readonly<Record<PeftConfig['type'], string>> = {
  PROMPT_TUNING: 'prompt-tuning',
  P_TUNING: 'p-tuning',
  PREFIX_TUNING: 'prefix',
  MULTITASK_PROMPT_TUNING: 'multitask-prompt-tuning',
};

/**
 * Loads a prompt adapter that PEFT 0.4 to 0.21 wrote, with its head and what else was trained, to
 * give the logits that PEFT gives.
 *
 * Reads `adapter_config.json` and `adapter_model.safetensors`, and nothing that these name. What
 * was left aside is listed in {@link TunedModel.warnings}. Logits of tokens are those of the real
 * tokens: PEFT's behind the rows of its virtual tokens.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND`, `FILE_INVALID`, `CHECKPOINT_INVALID` for a file that is
 *   damaged, incomplete, a pickle, or of a kind or task that PTL does not read;
 *   `BACKBONE_MISMATCH` if it was made for a model of other sizes; `CONFIG_INVALID` for options
 *   that do not go with the file.
 * @see peft 0.21.2, `PeftModel.from_pretrained`
 */
export async function loadAdapter<Row = unknown, Prediction = unknown>(
  backbone: Backbone,
  folder: string,
  options: LoadAdapterOptions<Row, Prediction> = {},
): Promise<TunedModel<Row, Prediction>> {
  await recoverFolder(folder);
  const { path } = await nodeFiles();
  const config = parsePeftConfig(await readJson(path.join(folder, 'adapter_config.json')), folder);
  const stored = await readStoredAdapter(folder);
  const prompt = readPeftPrompt(stored, config, backbone.geometry, options.taskIndex);
  try {
    return assemble(backbone, stored, config, prompt, options);
  } catch (error) {
    disposePrompt(prompt.prompt);
    throw error;
  }
}

function assemble<Row, Prediction>(
  backbone: Backbone,
  stored: StoredAdapter,
  config: PeftConfig,
  { prompt, layout, tensors }: PlacedPrompt,
  options: LoadAdapterOptions<Row, Prediction>,
): TunedModel<Row, Prediction> {
  const task = adapterTask(backbone, stored, config.task, options);
  const headVariables = new VariableStore('head', deriveSeed(options.seed ?? 0, 'head'));
  const unfrozen = new VariableStore('backbone', 0);
  try {
    const head = readHead(backbone, stored, task, headVariables);
    const read = new Set([...tensors, ...headTensors(headVariables).keys()]);
    const rest = stored.names.filter((name) => !read.has(name));
    const modules = config.common.modules_to_save ?? [];
    const extra = sortExtraTensors(rest, backbone, modules, stored.folder);
    for (const [parameter, name] of extra.trained) {
      const { shape } = backbone.weight(parameter);
      unfrozen.create(parameter, () => stored.tensor(name, shape));
    }
    return new TunedModel({
      backbone,
      task,
      tuner: new FoldedTuner(prompt, layout, config.common.num_virtual_tokens),
      head,
      headVariables,
      unfrozen,
      positionOffset: 'shift',
      semantics: 'peft',
      origin: {
        method: methodNames[config.type],
        config: { ...config.common, ...config.own },
        seed: options.seed ?? 0,
      },
      warnings: warningsOf(config, extra, backbone),
    });
  } catch (error) {
    headVariables[Symbol.dispose]();
    unfrozen[Symbol.dispose]();
    throw error;
  }
}

function readHead<Row, Prediction>(
  backbone: Backbone,
  stored: StoredAdapter,
  task: Task<Row, Prediction>,
  variables: VariableStore,
): TaskHead {
  const head = createHead(backbone, task, { kind: 'none' }, variables);
  // Without any of its tensors the head is new, which the caller has asked for.
  if (hasHead(stored, [...headTensors(variables).keys()])) fillHead(stored, variables);
  return head;
}

function hasHead(stored: StoredAdapter, names: readonly string[]): boolean {
  return names.some((name) => stored.shapeOf(name) !== undefined);
}

function warningsOf(
  { unknown, task }: PeftConfig,
  { ignored }: ExtraTensors,
  backbone: Backbone,
): string[] {
  const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
  const { geometry } = backbone;
  const { dense, pooler } = headFor(backbone, task);
  const lacksPooler =
    geometry.architecture === 'encoder' && task === 'sequence-classification' && !dense && !pooler;
  return [
    ...(unknown.length > 0 ? [`Fields of adapter_config.json left aside: ${list(unknown)}.`] : []),
    ...(ignored.length > 0 ? [`Tensors left aside: ${list(ignored)}.`] : []),
    ...(lacksPooler
      ? [`"${geometry.id}" has no pooler. PEFT classifies through one with random weights.`]
      : []),
  ];
}
