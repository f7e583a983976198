import * as tf from '@tensorflow/tfjs';
import { type TensorToWrite, writeSafetensors } from '../backbone/weights/write-safetensors.ts';
import { slotCount } from '../contract/layout.ts';
import type { Prompt } from '../contract/prompt.ts';
import { disposePrompt, foldPrompt } from '../model/folded-tuner.ts';
import type { ModelParts, PromptOrigin } from '../model/model-parts.ts';
import type { Scores } from '../task/task.ts';
import {
  headPrefix,
  type NamedTensor,
  promptTensor,
  promptToTensor,
  taskTensors,
  unfrozenPrefix,
} from './adapter-tensors.ts';
import { modelCard } from './model-card.ts';
import { isPeftTask } from './parse-peft-config.ts';
import { peftConfig } from './peft-config.ts';
import { type ExportFacts, peftNote } from './peft-obstacle.ts';
import type { PeftRelease } from './peft-release.ts';
import { formatPtlJson, type PtlJson } from './ptl-json.ts';
import { trainedModules } from './trained-modules.ts';
import { unevenLengths, unevenTensors } from './uneven-prefixes.ts';

/**
 * The files of a folded model: PEFT's two, what PEFT cannot say, and a model card.
 *
 * @param scores - Result of the last evaluation, for the card.
 * @param release - Whose format PEFT's files have.
 */
export async function adapterFiles<Row, Prediction>(
  parts: ModelParts<Row, Prediction>,
  scores: Scores | null,
  release: PeftRelease,
): Promise<Map<string, Uint8Array | string>> {
  const prompt = foldPrompt(parts.tuner);
  try {
    const tensors = await storedTensors(parts, prompt);
    const content = describe(parts, prompt, scores, release);
    const config = configFor(parts, prompt, content, release);
    const numbers = tensors.reduce((sum, { data }) => sum + data.length, 0);
    return new Map<string, Uint8Array | string>([
      ...(config === null ? [] : [['adapter_config.json', config] as const]),
      ['adapter_model.safetensors', writeSafetensors(tensors)],
      ['ptl.json', formatPtlJson(content)],
      ['README.md', modelCard(content, numbers)],
    ]);
  } finally {
    disposePrompt(prompt);
  }
}

/** What {@link peftObstacle} has to know of a model. */
export function exportFacts<Row, Prediction>(
  { backbone, task, tuner, semantics, positionOffset }: ModelParts<Row, Prediction>,
  prompt: Prompt,
  release: PeftRelease,
): ExportFacts {
  const { family, architecture } = backbone.geometry;
  return {
    kind: prompt.kind,
    layout: tuner.layout,
    task: task.kind,
    readout: task.readout ?? null,
    hasCrf: task.options['crf'] === true,
    semantics,
    positionOffset,
    family,
    architecture,
    hasTokenTypes: backbone.parameters.some(
      ({ name, shape }) => name.endsWith('token_type_embeddings.weight') && (shape[0] ?? 0) > 1,
    ),
    isUneven: unevenLengths(prompt, backbone.geometry) !== null,
    release,
  };
}

/** Null where there is nothing that PEFT could load. */
function configFor<Row, Prediction>(
  { backbone, task, unfrozen, origin }: ModelParts<Row, Prediction>,
  { kind }: Prompt,
  { prompt }: PtlJson,
  release: PeftRelease,
): string | null {
  if (kind === 'none' || prompt.layers !== undefined) return null;
  if (task.readout || !isPeftTask(task.kind)) return null;
  return peftConfig({
    kind,
    promptLength: prompt.length,
    hasDecoder: prompt.decoder ?? false,
    task: task.kind,
    geometry: backbone.geometry,
    modules: trainedModules(backbone, unfrozen).paths,
    origin: origin.config,
    release,
  });
}

async function storedTensors<Row, Prediction>(
  parts: ModelParts<Row, Prediction>,
  prompt: Prompt,
): Promise<TensorToWrite[]> {
  const names: string[] = [];
  const tensors = tf.tidy(() =>
    namedTensors(parts, prompt).map(([name, tensor]) => {
      names.push(name);
      return tf.clone(tensor);
    }),
  );
  try {
    const data = await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
    return tensors.map(({ shape }, index) => ({
      name: names[index] ?? '',
      shape,
      data: data[index] ?? new Float32Array(),
    }));
  } finally {
    tf.dispose(tensors);
  }
}

/** Everything that is stored; called inside a tidy. */
function namedTensors<Row, Prediction>(
  { backbone, headVariables, unfrozen }: ModelParts<Row, Prediction>,
  prompt: Prompt,
): NamedTensor[] {
  const head = [...headVariables.variables].map(
    // Variables are named with slashes, PyTorch's parameters with dots.
    ([name, value]): NamedTensor => [headPrefix + name.replaceAll('/', '.'), value],
  );
  if (prompt.kind === 'none') {
    const trained = [...unfrozen.variables].map(
      ([name, value]): NamedTensor => [unfrozenPrefix + name, value],
    );
    return [...head, ...trained];
  }
  const { geometry } = backbone;
  const isUneven = prompt.kind === 'layer-prefixes' && unevenLengths(prompt, geometry) !== null;
  const stored = isUneven
    ? unevenTensors(prompt)
    : [[promptTensor, promptToTensor(prompt, geometry)] as const, ...taskTensors(prompt)];
  return [...stored, ...head, ...trainedModules(backbone, unfrozen).tensors];
}

function describe<Row, Prediction>(
  parts: ModelParts<Row, Prediction>,
  prompt: Prompt,
  scores: Scores | null,
  release: PeftRelease,
): PtlJson {
  const { backbone, task, tuner, origin, positionOffset, semantics, unfrozen } = parts;
  const { layout } = tuner;
  const { id, family } = backbone.geometry;
  const lengths = unevenLengths(prompt, backbone.geometry);
  const { kind } = prompt;
  return {
    formatVersion: 1,
    method: storedOrigin(origin),
    task: { kind: task.kind, options: { ...task.options } },
    prompt: {
      kind,
      length: kind === 'virtual-tokens' ? slotCount(layout) : tuner.promptLength,
      layout: copy(layout),
      ...(prompt.kind === 'virtual-tokens' && prompt.decoder ? { decoder: true } : {}),
      ...(lengths ? { layers: copyLengths(lengths) } : {}),
    },
    semantics: { positionOffset, rules: semantics },
    backbone: { id, family, fingerprint: backbone.fingerprint },
    unfrozen: [...unfrozen.variables.keys()],
    scores: scores && { ...scores },
    peftDifference: peftNote(exportFacts(parts, prompt, release)),
  };
}

function storedOrigin({ method, config, seed, startedFrom }: PromptOrigin): PtlJson['method'] {
  const before = startedFrom ? { startedFrom: storedOrigin(startedFrom) } : {};
  return { name: method, config, seed, ...before };
}

/** The same data in the mutable types that a parsed file has. */
function copy(
  layout: ModelParts<unknown, unknown>['tuner']['layout'],
): PtlJson['prompt']['layout'] {
  return layout.kind === 'template' ? { ...layout, parts: [...layout.parts] } : layout;
}

function copyLengths(lengths: object): NonNullable<PtlJson['prompt']['layers']> {
  const sites = Object.entries(lengths).map(([site, layers]) => [site, [...layers]]);
  return Object.fromEntries(sites);
}
