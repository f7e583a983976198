import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { writeFixtureCheckpoint } from '../../../packages/core/src/testing/fixture-checkpoint.ts';
import { areBuilt } from '../tarballs/published-project.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { useTestEngine } from '../use-test-engine.ts';

const program = fileURLToPath(new URL('training-program.mjs', import.meta.url));
const built = areBuilt(['core', 'node', 'p-tuning-v2']);

interface Trial {
  readonly engine: 'tensorflow' | 'wasm';
  /** Of the method. */
  readonly config: object;
}

/** Prompts above layers whose states are remembered. */
const windowed = { layers: { last: 1 }, frozenDropout: false };

/** Runs the program, and kills it once it has told of the given step. */
function run(given: readonly string[], killAt = Number.POSITIVE_INFINITY): Promise<boolean> {
  const child = spawn(process.execPath, [program, ...given]);
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  child.stdout.on('data', (chunk) => {
    const last = Number(String(chunk).trim().split('\n').at(-1));
    if (last >= killAt) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(signal === 'SIGKILL');
      else reject(new Error(errors));
    });
  });
}

const results = (folder: string): Promise<string[]> =>
  Promise.all(
    ['training/state.safetensors', 'adapter_model.safetensors', 'ptl.json', 'README.md'].map(
      (name) => readFile(join(folder, name), 'hex'),
    ),
  );

describe.skipIf(!built)(
  `training a model${built ? '' : ' (skipped: not built, run pnpm build)'}`,
  () => {
    it.for([
      { engine: 'tensorflow', config: {} },
      { engine: 'wasm', config: {} },
      { engine: 'tensorflow', config: windowed },
    ] satisfies Trial[])(
      'ends with the same bits when it was killed twice and resumed: %j',
      { timeout: 120_000 },
      async (trial, context) => {
        await useTestEngine(trial.engine, context);
        using root = makeTemporaryFolder();
        const backbone = join(root.path, 'backbone');
        await writeFixtureCheckpoint('bert', backbone);
        const [whole, killed] = [join(root.path, 'whole'), join(root.path, 'killed')];
        const given = (folder: string) => {
          return [trial.engine, backbone, folder, JSON.stringify(trial.config)];
        };
        await run(given(whole));
        expect(await run(given(killed), 8)).toBe(true);
        expect(await run(given(killed), 21)).toBe(true);
        expect(await run(given(killed))).toBe(false);
        expect(await results(killed)).toEqual(await results(whole));
      },
    );
  },
);
