import * as tf from '@tensorflow/tfjs';
import type { PositionOffset, Semantics } from '../backbone/backbone.ts';
import type { AttentionSite, LayerPrefix, Prompt } from '../contract/prompt.ts';
import { copyHead } from '../model/copy-head.ts';
import { encodingContext } from '../model/encoding-context.ts';
import { disposePrompt, foldPrompt } from '../model/folded-tuner.ts';
import type { ModelParts } from '../model/model-parts.ts';
import type { EncodingContext, Task, TaskHead } from '../task/task.ts';

/**
 * Prefixes are padded to a multiple of this many positions: attention then adds up a row's weights
 * in the same order whatever its neighbours' lengths are.
 */
const prefixStep = 8;

/** The prefix of one layer, ready to be put beside those of other adapters. */
export interface ServedPrefix {
  /** `[1, heads, padded length, headSize]`. */
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
  /** Positions that count; those behind are zero. */
  readonly length: number;
}

type ServedSites = ReadonlyMap<AttentionSite, readonly (ServedPrefix | null)[]>;

/** An adapter in memory: its folded prompt and its head, with no tie to the model it came from. */
export interface ServedAdapter extends Disposable {
  readonly name: string;
  readonly task: Task;
  readonly context: EncodingContext;
  readonly head: TaskHead;
  /** Trained backbone weights that replace frozen ones; mostly none. */
  readonly weights: ReadonlyMap<string, tf.Tensor>;
  /** The prompt as it is, of an encoder-decoder, whose rows share nothing with another adapter's. */
  readonly whole: Prompt | null;
  /** `[promptLength, embeddingSize]`; null without virtual tokens. */
  readonly tokens: tf.Tensor2D | null;
  /** Empty without prefixes. */
  readonly sites: ServedSites;
  readonly positionOffset: PositionOffset;
  readonly semantics: Semantics;
}

/** Copies what serving needs out of a model, which stays its owner's. */
export function serveModel(name: string, parts: ModelParts<unknown, unknown>): ServedAdapter {
  const { task, unfrozen, positionOffset, semantics } = parts;
  const prompt = foldPrompt(parts.tuner);
  const { head, variables } = copyHead(parts);
  const tensors: tf.Tensor[] = [];
  const keep = <T extends tf.Tensor>(tensor: T): T => {
    tensors.push(tf.keep(tensor));
    return tensor;
  };
  let tokens: tf.Tensor2D | null = null;
  let sites: ServedSites = new Map();
  const weights = new Map<string, tf.Tensor>();
  const isWhole = parts.backbone.geometry.architecture === 'encoder-decoder';
  const shared: Prompt = isWhole ? { kind: 'none' } : prompt;
  tf.tidy(() => {
    tokens = shared.kind === 'virtual-tokens' ? keep(sharedTokens(shared.embeddings)) : null;
    sites = packSites(shared, keep);
    for (const [parameter, value] of unfrozen.variables)
      weights.set(parameter, keep(value.clone()));
  });
  if (!isWhole) disposePrompt(prompt);
  return {
    name,
    task,
    context: encodingContext(parts),
    head,
    weights,
    whole: isWhole ? prompt : null,
    tokens,
    sites,
    positionOffset,
    semantics,
    [Symbol.dispose]() {
      tf.dispose(tensors);
      if (isWhole) disposePrompt(prompt);
      variables[Symbol.dispose]();
    },
  };
}

function sharedTokens(embeddings: tf.Tensor): tf.Tensor2D {
  if (embeddings.rank !== 2) throw new TypeError('A prompt with a batch axis cannot be served.');
  return tf.clone(embeddings) as tf.Tensor2D; // Its rank was looked at.
}

function packSites(prompt: Prompt, keep: <T extends tf.Tensor>(tensor: T) => T): ServedSites {
  if (prompt.kind !== 'layer-prefixes') return new Map();
  const pack = (prefix: LayerPrefix | null): ServedPrefix | null => {
    const length = prefix?.keys.shape.at(-2) ?? 0;
    if (!prefix || length === 0) return null;
    return { keys: keep(padded(prefix.keys)), values: keep(padded(prefix.values)), length };
  };
  // The keys of a prompt's sites are attention sites.
  const sites = Object.entries(prompt.sites) as [AttentionSite, (LayerPrefix | null)[]][];
  return new Map(sites.map(([site, layers]) => [site, layers.map(pack)]));
}

function padded(part: tf.Tensor): tf.Tensor4D {
  const [heads = 0, length = 0, headSize = 0] = part.shape;
  if (part.rank !== 3) throw new TypeError('Prefixes per row cannot be served.');
  const rows = tf.reshape(part, [1, heads, length, headSize]) as tf.Tensor4D;
  return padPositions(rows, Math.ceil(length / prefixStep) * prefixStep);
}

/** Adds zeros behind the positions of `[1, heads, positions, headSize]` up to a number of them. */
export function padPositions(rows: tf.Tensor4D, positions: number): tf.Tensor4D {
  const missing = positions - rows.shape[2];
  if (missing === 0) return rows;
  return tf.pad4d(rows, [
    [0, 0],
    [0, 0],
    [0, missing],
    [0, 0],
  ]);
}
