import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const maxOutputBytes = 64 * 1024 * 1024;

/** Runs a program as a user of the published packages would: none of the variables npm or vitest set reach it. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly timeoutMs: number },
): Promise<string> {
  const { stdout } = await run(command, args, {
    cwd: options.cwd,
    timeout: options.timeoutMs,
    maxBuffer: maxOutputBytes,
    env: userEnvironment(),
  });
  return stdout;
}

function userEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|npm_(?!config_registry))/.test(name),
  );
  return Object.fromEntries(kept);
}
