import type { Tensor } from '@tensorflow/tfjs';
import { writeSafetensors } from '../backbone/weights/write-safetensors.ts';
import { slotCount } from '../contract/layout.ts';
import type { Prompt } from '../contract/prompt.ts';
import { disposePrompt, foldPrompt } from '../model/folded-tuner.ts';
import type { ModelParts } from '../model/model-parts.ts';
import type { Scores } from '../task/task.ts';
import { headPrefix, promptTensor, promptToTensor, unfrozenPrefix } from './adapter-tensors.ts';
import { modelCard } from './model-card.ts';
import { peftConfig, peftDifference } from './peft-config.ts';
import { formatPtlJson, type PtlJson } from './ptl-json.ts';

/**
 * The files of a folded model: PEFT's two, what PEFT cannot say, and a model card.
 *
 * @param scores - Result of the last evaluation, for the card.
 */
export async function adapterFiles<Row, Prediction>(
  parts: ModelParts<Row, Prediction>,
  scores: Scores | null,
): Promise<Map<string, Uint8Array | string>> {
  const prompt = foldPrompt(parts.tuner);
  try {
    const tensors = await storedTensors(parts, prompt);
    const content = describe(parts, prompt.kind, scores);
    const { kind, length } = content.prompt;
    const { geometry } = parts.backbone;
    const config = peftConfig({ kind, promptLength: length, task: parts.task.kind, geometry });
    const numbers = tensors.reduce((sum, { data }) => sum + data.length, 0);
    return new Map<string, Uint8Array | string>([
      ...(config ? [['adapter_config.json', config] as const] : []),
      ['adapter_model.safetensors', writeSafetensors(tensors)],
      ['ptl.json', formatPtlJson(content)],
      ['README.md', modelCard(content, numbers)],
    ]);
  } finally {
    disposePrompt(prompt);
  }
}

async function storedTensors<Row, Prediction>(
  { headVariables, unfrozen }: ModelParts<Row, Prediction>,
  prompt: Prompt,
) {
  const folded = promptToTensor(prompt);
  const named: (readonly [string, Tensor])[] = [
    ...(folded ? [[promptTensor, folded] as const] : []),
    ...[...headVariables.variables].map(
      ([name, value]) => [fileName(headPrefix, name), value] as const,
    ),
    ...[...unfrozen.variables].map(([name, value]) => [unfrozenPrefix + name, value] as const),
  ];
  const stored = await Promise.all(
    named.map(async ([name, tensor]) => ({
      name,
      shape: tensor.shape,
      data: await tensor.data<'float32'>(),
    })),
  );
  if (folded && prompt.kind === 'layer-prefixes') folded.dispose();
  return stored;
}

/** Variables are named with slashes, PyTorch's parameters with dots. */
function fileName(prefix: string, variable: string): string {
  return prefix + variable.replaceAll('/', '.');
}

function describe<Row, Prediction>(
  {
    backbone,
    task,
    tuner,
    origin,
    positionOffset,
    semantics,
    unfrozen,
  }: ModelParts<Row, Prediction>,
  kind: Prompt['kind'],
  scores: Scores | null,
): PtlJson {
  const { layout } = tuner;
  const { id, family } = backbone.geometry;
  return {
    formatVersion: 1,
    method: { name: origin.method, config: origin.config, seed: origin.seed },
    task: { kind: task.kind, options: { ...task.options } },
    prompt: {
      kind,
      length: kind === 'virtual-tokens' ? slotCount(layout) : tuner.promptLength,
      layout: copy(layout),
    },
    semantics: { positionOffset, rules: semantics },
    backbone: { id, family, fingerprint: backbone.fingerprint },
    unfrozen: [...unfrozen.variables.keys()],
    scores: scores && { ...scores },
    peftDifference: peftDifference(kind, layout, task.kind, positionOffset),
  };
}

/** The same data in the mutable types that a parsed file has. */
function copy(
  layout: ModelParts<unknown, unknown>['tuner']['layout'],
): PtlJson['prompt']['layout'] {
  return layout.kind === 'template' ? { ...layout, parts: [...layout.parts] } : layout;
}
