import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backbone } from '../backbone/backbone.ts';
import { loadBackbone } from '../backbone/load-backbone.ts';
import { writeSafetensors } from '../backbone/weights/write-safetensors.ts';
import { hashed } from './hashed-weights.ts';

const backbones = fileURLToPath(new URL('../../fixtures/backbones', import.meta.url));
const storedFiles = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** What `fixtures/make_backbones.py` writes of a tiny BERT, RoBERTa or DistilBERT. */
export function fixtureFolder(family: string): string {
  return join(backbones, family);
}

/** Writes such a checkpoint with its weights, which are hashed from their names and not stored. */
export async function writeFixtureCheckpoint(family: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const source = fixtureFolder(family);
  await Promise.all(storedFiles.map((name) => copyFile(join(source, name), join(folder, name))));
  const text = await readFile(join(source, 'shapes.json'), 'utf8');
  const shapes: Record<string, number[]> = JSON.parse(text);
  const tensors = Object.entries(shapes).map(([name, shape]) => ({
    name,
    shape,
    data: hashed(name, shape),
  }));
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(tensors));
}

/** Loads such a checkpoint as a user would, from a folder. The caller owns the result. */
export async function loadFixtureBackbone(family: string): Promise<Backbone> {
  const root = await mkdtemp(join(tmpdir(), 'ptl-fixture-'));
  try {
    const folder = join(root, family);
    await writeFixtureCheckpoint(family, folder);
    return await loadBackbone(folder);
  } finally {
    await rm(root, { recursive: true });
  }
}
