import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { readBytes, readJson } from '../files/read-file.ts';
import type { Backbone } from './backbone.ts';
import { singleRow } from './create-backbone.ts';
import { loadTinyCheckpoint, type TinyCheckpoint } from './tiny-checkpoint.ts';
import { parseSafetensors } from './weights/parse-safetensors.ts';
import { createWeights } from './weights/weights.ts';

/*
 * Tiny masked language models and what Transformers scored with them, written by
 * fixtures/make_vocabulary_heads.py. For tests.
 */

interface StoredCase extends TinyCheckpoint {
  readonly inputIds: readonly number[];
  /** Whose scores are stored. */
  readonly positions: readonly number[];
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
// As written.
const cases = (await readJson(`${fixtures}/vocabulary-heads.json`)) as Record<string, StoredCase>;
const file = `${fixtures}/vocabulary-heads.safetensors`;
const scores = await createWeights(parseSafetensors(await readBytes(file), file).tensors, file);
export const vocabularyCases = Object.keys(cases);

/** @param omit - Parts of the head that its checkpoint is to lack. */
export function loadVocabularyCase(name: string, omit = /^$/): Promise<Backbone> {
  const stored = caseOf(name);
  const parts = Object.entries(stored.head).filter(([part]) => !omit.test(part));
  return loadTinyCheckpoint({ ...stored, head: Object.fromEntries(parts) });
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
