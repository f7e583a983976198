import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { readBytes, readJson } from '../files/read-file.ts';
import { hashedWeights } from '../testing/hashed-weights.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import type { Backbone } from './backbone.ts';
import { createBackbone, singleRow } from './create-backbone.ts';
import { readEncoder } from './families.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights } from './weights/weights.ts';

/*
 * Tiny masked language models and what Transformers scored with them, written by
 * fixtures/make_vocabulary_heads.py. For tests.
 */

interface StoredCase {
  /** The folder of the encoder. */
  readonly source: string;
  /** Fields of its config that differ. */
  readonly changes: object;
  readonly inputIds: readonly number[];
  /** Whose scores are stored. */
  readonly positions: readonly number[];
  /** Shapes of what is added to the encoder. */
  readonly head: Readonly<Record<string, readonly number[]>>;
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const read = async (name: string): Promise<unknown> => readJson(`${fixtures}/${name}`);
const cases = (await read('vocabulary-heads.json')) as Record<string, StoredCase>; // As written.
const file = `${fixtures}/vocabulary-heads.safetensors`;
const scores = await createWeights(parseSafetensors(await readBytes(file), file).tensors, file);
export const vocabularyCases = Object.keys(cases);

/** @param omit - Parts of the head that its checkpoint is to lack. */
export async function loadVocabularyCase(name: string, omit = /^$/): Promise<Backbone> {
  const { source, changes, head } = caseOf(name);
  const given = (await read(`${source}/config.json`)) as object; // As written.
  const config = { ...given, ...changes };
  const { checkpointPrefix } = readEncoder(config, name);
  const shapes = new Map(Object.entries(head).filter(([part]) => !omit.test(part)));
  const encoder = (await read(`${source}/shapes.json`)) as Record<string, number[]>; // As written.
  for (const [part, shape] of Object.entries(encoder)) {
    shapes.set(checkpointPrefix + part.replace(checkpointPrefix, ''), shape);
  }
  const tokenizer = createTinyTokenizer();
  return createBackbone({ id: name, config, weights: hashedWeights(shapes), tokenizer });
}

/** The scores of the stored positions, and what Transformers gives there. */
export function scoresOf(backbone: Backbone, name: string) {
  const { inputIds, positions } = caseOf(name);
  const hidden = backbone.forward(singleRow(inputIds), { kind: 'none' });
  const rows = tf.gather(tf.squeeze<tf.Tensor2D>(hidden, [0]), [...positions]);
  return {
    actual: backbone.vocabularyLogits?.(rows).dataSync() ?? [],
    expected: scores.float32(name),
  };
}

function caseOf(name: string): StoredCase {
  const found = cases[name];
  if (!found) throw new TypeError(`No case is called "${name}".`);
  return found;
}
