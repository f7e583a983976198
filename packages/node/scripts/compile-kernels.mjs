// Compiles wasm/kernels/*.ts, which are AssemblyScript, to wasm/kernels.wasm; with --check it only tells whether that
// file is what they compile to. The file is committed, so that the sources run without a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'wasm');
const target = join(folder, 'kernels.wasm');

const binary = await compile();
if (!process.argv.includes('--check')) writeFileSync(target, binary);
else if (!readFileSync(target).equals(binary)) {
  process.stderr.write(
    'wasm/kernels.wasm is not what its sources compile to: run pnpm --filter @ptl/node compile-kernels\n',
  );
  process.exitCode = 1;
}

async function compile() {
  // The memory is that of TF.js's module: nothing may be put there, so there is neither a runtime nor an assertion
  // (which would keep its text), and the limits are that module's.
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '1'];
  const limits = ['--maximumMemory', '65536', '--runtime', 'stub', '--noAssert'];
  const speed = ['-O3', '--converge', '--enable', 'simd', '--enable', 'threads'];
  const quiet = ['--disableWarning', '112']; // Functions on vectors are exported between modules only.
  const written = [];
  const { error, stderr } = await main(
    ['kernels/index.ts', '--outFile', 'kernels.wasm', ...memory, ...limits, ...speed, ...quiet],
    {
      readFile: readSource,
      writeFile: (_name, contents) => written.push(Buffer.from(contents)),
      listFiles: () => null,
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return written[0];
}

/** A file beside the sources, or null. */
function readSource(name) {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return null;
  }
}
