import { headPrefix } from '../checkpoint/adapter-tensors.ts';
import { parsePeftConfig } from '../checkpoint/parse-peft-config.ts';
import { parsePtlJson } from '../checkpoint/ptl-json.ts';
import type { StoredAdapter } from '../checkpoint/stored-adapter.ts';
import type { TaskKind } from '../contract/method.ts';
import { nodeFiles } from '../files/node-files.ts';
import { exists, readJson } from '../files/read-file.ts';
import { recoverFolder } from '../files/recover-folder.ts';
import { readStoredAdapter } from './read-stored-adapter.ts';

/** What a saved adapter is, as far as its own files tell. */
export interface AdapterDescription {
  /** Which program wrote it, such as `PTL` or `PEFT 0.21.2`. */
  readonly writer: string;
  /** The method by PTL's name, or by PEFT's. */
  readonly method: string;
  /** Virtual tokens, or prefix positions of a layer. */
  readonly promptLength: number;
  readonly task: TaskKind;
  /** Null where the file holds only how many there are. */
  readonly labels: readonly string[] | null;
  /** Null without a head. */
  readonly numLabels: number | null;
  /** What it was trained on; null where nobody wrote it down. */
  readonly baseModel: string | null;
  /** Hash of the base model's weights; null in PEFT's files. */
  readonly fingerprint: string | null;
  /** Result of the last evaluation before saving, in PTL's files. */
  readonly scores: Readonly<Record<string, number>> | null;
  /** What PEFT computes differently; null where nothing, or where PEFT wrote it. */
  readonly peftDifference: string | null;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Last layers of heads, as the families' task models name them. */
const outputs = ['classifier.out_proj', 'classifier', 'score'];

/**
 * Describes an adapter of PTL's or PEFT's without its backbone.
 *
 * @throws {@link PtlError} `FILE_NOT_FOUND` if the folder holds none, `FILE_INVALID` or
 *   `CHECKPOINT_INVALID`, as {@link loadModel} and {@link loadAdapter} do.
 */
export async function describeAdapter(folder: string): Promise<AdapterDescription> {
  await recoverFolder(folder);
  const { path } = await nodeFiles();
  const own = path.join(folder, 'ptl.json');
  if (await exists(own)) return describeOwn(await readJson(own), folder);
  const config = parsePeftConfig(await readJson(path.join(folder, 'adapter_config.json')), folder);
  const stored = await readStoredAdapter(folder);
  const { base_model_name_or_path: base, peft_version: version } = config.common;
  return {
    writer: version ? `PEFT ${version}` : 'PEFT, before 0.18',
    method: config.type,
    promptLength: config.common.num_virtual_tokens,
    task: config.task,
    labels: null,
    numLabels: labelsIn(stored),
    baseModel: base || null,
    fingerprint: null,
    scores: null,
    peftDifference: null,
    tensors: tensorsOf(stored),
  };
}

async function describeOwn(json: unknown, folder: string): Promise<AdapterDescription> {
  const { method, prompt, task, backbone, scores, peftDifference } = parsePtlJson(json, folder);
  const stored = await readStoredAdapter(folder);
  const { labels } = task.options;
  const names = Array.isArray(labels) ? labels.map(String) : null;
  return {
    writer: 'PTL',
    method: method.name,
    promptLength: prompt.length,
    task: task.kind,
    labels: names,
    numLabels: names?.length ?? labelsIn(stored),
    baseModel: backbone.id,
    fingerprint: backbone.fingerprint,
    scores,
    peftDifference,
    tensors: tensorsOf(stored),
  };
}

function labelsIn(stored: StoredAdapter): number | null {
  const shapes = outputs.map((name) => stored.shapeOf(`${headPrefix}${name}.weight`));
  return shapes.find((shape) => shape !== undefined)?.[0] ?? null;
}

function tensorsOf(stored: StoredAdapter): AdapterDescription['tensors'] {
  return stored.names.map((name) => ({ name, shape: stored.shapeOf(name) ?? [] }));
}
