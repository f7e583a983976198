import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packageRoot } from '../load/package-root.ts';

/** Bundles one of this package's sources into a program that Node runs without a build, and returns its path. */
export async function bundleProgram(source: string): Promise<string> {
  const name = source.replaceAll('/', '-').replace(/\.ts$/, '.mjs');
  const outfile = join(packageRoot, 'node_modules', '.ptl-test', name);
  await build({
    entryPoints: [join(packageRoot, 'src', source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    // Core's sources: its build may be older or missing.
    alias: { '@ptl/core': join(packageRoot, '../core/src/contract/errors.ts') },
    logLevel: 'error',
  });
  return outfile;
}

export interface ChildResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program; `ended` settles when it is over, however it ends. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): { readonly child: ChildProcess; readonly ended: Promise<ChildResult> } {
  const child = spawn(process.execPath, [program, ...args], { env });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.stderr += chunk.toString('utf8');
  });
  const ended = new Promise<ChildResult>((resolve) => {
    child.on('close', (code) => resolve({ code, ...said }));
  });
  return { child, ended };
}
