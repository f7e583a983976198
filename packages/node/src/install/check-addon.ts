import { installFailure } from './install-failure.ts';
import { runProgram } from './run-program.ts';

const program = `
const binding = require(process.argv[1]);
binding.isUsingGpuDevice();
process.stdout.write('version ' + binding.TF_Version);
`;

/**
 * Loads the addon once in a process of its own: TensorFlow ends the process, without an error to catch, on a CPU that
 * lacks instructions it was built with.
 *
 * @throws {@link PtlError} `ENGINE_INSTALL_FAILED` if it cannot be loaded or is another version.
 */
export async function checkAddon(addon: string, version: string): Promise<void> {
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', CUDA_VISIBLE_DEVICES: '' };
  const result = await runProgram(process.execPath, ['-e', program, addon], env);
  if (result.signal !== undefined) {
    throw installFailure(
      'check',
      `the library ended the process with ${result.signal}; this CPU may lack instructions it needs (AVX)`,
    );
  }
  if (result.output.includes(`version ${version}`)) return;
  const lines = result.output.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((text) => text.includes('Error')) ?? lines[0] ?? 'no output';
  throw installFailure('check', `the library cannot be loaded: ${line.trim()}`);
}
