import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultBackbone } from '@ptl/core';

/** What Transformers looks for, and what the package calls it. */
const files = {
  'config.json': 'config.json',
  'tokenizer.json': 'tokenizer.json',
  'model.safetensors': 'model.fp16.safetensors',
};

/** Writes MiniLM's files into a folder as Transformers wants them, so that both read the same ones. */
export async function writeModelFolder(folder: string): Promise<void> {
  const model = new URL('../model/', import.meta.resolve(defaultBackbone));
  await mkdir(folder);
  for (const [name, source] of Object.entries(files)) {
    await copyFile(fileURLToPath(new URL(source, model)), join(folder, name));
  }
}
