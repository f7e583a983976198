import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSafetensors } from '../backbone/weights/parse-safetensors.ts';
import { toFloat32 } from '../backbone/weights/stored-tensor.ts';
import { type TensorToWrite, writeSafetensors } from '../backbone/weights/write-safetensors.ts';
import { readBytes, readText } from '../files/read-file.ts';
import { loadFixtureBackbone } from '../testing/fixture-checkpoint.ts';
import { loadAdapter } from './load-adapter.ts';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));
const source = `${fixtures}/peft/bert-seq_cls-prefix`;

/** The files of a sound adapter for BERT, to be broken. */
export const configText = await readText(`${source}/adapter_config.json`);
export const configFile: Readonly<Record<string, unknown>> = JSON.parse(configText);
export const tensorFile = await readBytes(`${source}/adapter_model.safetensors`);

/** A place for adapter folders, and the backbone to load them on. */
export interface AdapterBench extends AsyncDisposable {
  readonly root: string;
  /** Writes an adapter folder and loads it; gives the error, or null where it loads and runs. */
  tryAdapter(config: unknown, tensors: Uint8Array): Promise<unknown>;
  tryFolder(folder: string): Promise<unknown>;
}

export async function openAdapterBench(): Promise<AdapterBench> {
  const root = await mkdtemp(join(tmpdir(), 'ptl-adapters-'));
  const backbone = await loadFixtureBackbone('bert');
  let made = 0;

  async function tryFolder(folder: string): Promise<unknown> {
    try {
      using model = await loadAdapter(backbone, folder);
      await model.logits([{ text: 'Water' }]);
      return null;
    } catch (error) {
      return error;
    }
  }

  return {
    root,
    tryFolder,
    async tryAdapter(config, tensors) {
      const folder = join(root, String(made++));
      await mkdir(folder);
      const text = typeof config === 'string' ? config : JSON.stringify(config);
      await writeFile(join(folder, 'adapter_config.json'), text);
      await writeFile(join(folder, 'adapter_model.safetensors'), tensors);
      return tryFolder(folder);
    },
    async [Symbol.asyncDispose]() {
      backbone[Symbol.dispose]();
      await rm(root, { recursive: true });
    },
  };
}

/** The adapter's tensors, changed. */
export function withTensors(change: (tensors: Map<string, TensorToWrite>) => void): Uint8Array {
  const tensors = new Map<string, TensorToWrite>();
  for (const [name, tensor] of parseSafetensors(tensorFile, 'adapter').tensors) {
    tensors.set(name, { name, shape: tensor.shape, data: toFloat32(tensor).slice() });
  }
  change(tensors);
  return writeSafetensors([...tensors.values()]);
}

/** A tensor of one value. */
export function filledTensor(name: string, shape: readonly number[], value = 0): TensorToWrite {
  const size = shape.reduce((product, length) => product * length, 1);
  return { name, shape, data: new Float32Array(size).fill(value) };
}
