import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { EnginePlan } from '../plan/engine-plan.ts';
import { compilerArguments } from './compiler-arguments.ts';
import { installFailure } from './install-failure.ts';
import type { NativeSources } from './native-sources.ts';
import { runProgram } from './run-program.ts';

/** The compilers that are tried, in order, unless `CXX` names one. */
const compilers = ['g++', 'clang++', 'c++'];

export interface AddonBuild {
  readonly plan: EnginePlan;
  readonly sources: NativeSources;
  /** The engine's folder, with the libraries and headers in it. */
  readonly engine: string;
  /** Where the addons go; it appears only when both are compiled. */
  readonly output: string;
}

/**
 * @throws {@link PtlError} `ENGINE_INSTALL_FAILED` if there is no C++ compiler.
 */
export async function findCompiler(env: NodeJS.ProcessEnv): Promise<string> {
  const candidates = env['CXX'] ? [env['CXX']] : compilers;
  for (const candidate of candidates) {
    if ((await runProgram(candidate, ['--version'], env)).code === 0) return candidate;
  }
  throw installFailure(
    'compile',
    `no C++ compiler (tried ${candidates.join(', ')}); install one, e.g. g++, or name one in CXX`,
  );
}

/**
 * Compiles both addons into `build.output`.
 *
 * @throws {@link PtlError} `ENGINE_INSTALL_FAILED` with the compiler's first error.
 */
export async function compileAddon(
  build: AddonBuild,
  compiler: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const staging = `${build.output}.staging-${process.pid}`;
  await mkdir(staging, { recursive: true });
  for (const args of compilerArguments(build, staging)) {
    const result = await runProgram(compiler, args, env);
    if (result.code !== 0) throw installFailure('compile', firstError(compiler, result.output));
  }
  await mkdir(dirname(build.output), { recursive: true });
  await rename(staging, build.output);
}

function firstError(compiler: string, output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((text) => /error|undefined reference|cannot find/i.test(text));
  return `${compiler}: ${(line ?? lines[0] ?? 'no output').trim()}`;
}
