import { installFailure } from './install-failure.ts';
import { runProgram } from './run-program.ts';

/** The compilers that are tried, in order, unless `CXX` names one. */
const compilers = ['g++', 'clang++', 'c++'];

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
    `there is no C++ compiler (tried ${candidates.join(', ')}); install one, e.g. g++, or name one in CXX`,
  );
}
