// Copies what the engine runs and compiles of @tensorflow/tfjs-node-gpu into vendor/, which is in the published package.
// The package itself cannot be a dependency: its install script downloads an old TensorFlow of half a gigabyte.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const manifestPath = require.resolve('@tensorflow/tfjs-node-gpu/package.json');
const source = dirname(manifestPath);
const vendor = join(here, '..', 'vendor');
const target = join(vendor, 'tfjs-node-gpu');
const staging = join(vendor, `.staging-${process.pid}`);

const carried = [
  'binding',
  'dist/int64_tensors.js',
  'dist/kernels',
  'dist/nodejs_kernel_backend.js',
  'dist/proto',
  'dist/register_all_kernels.js',
  'dist/tensorboard.js',
];

// Others may be reading the folder: it is left alone while this script and the package are the same.
const manifest = `${JSON.stringify(readManifest(), null, 2)}\n`;
if (!existsSync(join(target, 'package.json')) || readText(target, 'package.json') !== manifest) {
  copyAll();
}

function copyAll() {
  mkdirSync(staging, { recursive: true });
  for (const path of carried) {
    cpSync(join(source, path), join(staging, path), { recursive: true, filter: isNeeded });
  }
  requireFromUnion('dist/kernels/FlipLeftRight.js');
  cpSync(join(here, '..', '..', '..', 'LICENSE'), join(staging, 'LICENSE'));
  writeFileSync(join(staging, 'package.json'), manifest);
  rmSync(target, { recursive: true, force: true });
  renameSync(staging, target);
}

function isNeeded(path) {
  return !/\.d\.ts$|_test\.js$/.test(path);
}

/** This one file asks for tfjs-core, which a strict node_modules shows to nobody but @tensorflow/tfjs. */
function requireFromUnion(path) {
  const text = readText(staging, path);
  const changed = text.replace('require("@tensorflow/tfjs-core")', 'require("@tensorflow/tfjs")');
  if (changed === text) throw new Error(`${path} is not what it was: look at it again`);
  const mark = '// Changed by PTL: requires @tensorflow/tfjs instead of @tensorflow/tfjs-core.';
  writeFileSync(join(staging, path), `${mark}\n${changed}`);
}

function readText(folder, path) {
  return readFileSync(join(folder, path), 'utf8');
}

/** The files are CommonJS inside a package of modules, and must say whose they are. */
function readManifest() {
  const { name, version, license, repository } = JSON.parse(readText(source, 'package.json'));
  const script = createHash('sha256').update(readFileSync(fileURLToPath(import.meta.url)));
  const made = script.digest('hex').slice(0, 12);
  return { name, version, license, repository, type: 'commonjs', private: true, made };
}
