import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { publishablePackages } from '../workspace/packages.mjs';
import { root } from '../workspace/root.mjs';

/** Biome, and every script in `scripts/checks`. */
export function lintGates() {
  const checks = readdirSync(join(root, 'scripts/checks')).sort();
  return [
    { name: 'biome', command: ['biome', ['ci', '--colors=off', '--error-on-warnings', '.']] },
    ...checks.map((file) => ({
      name: file.replace(/\.mjs$/, ''),
      command: [process.execPath, [join('scripts/checks', file)]],
    })),
  ];
}

/** The compiler over every package; turbo repeats only what a change can have touched. */
export function typeGates() {
  // As many compilers as cores: more of them take each other's memory and time.
  const options = ['--concurrency=100%', '--continue', '--ui=stream', '--output-logs=errors-only'];
  return [{ name: 'tsc', command: ['turbo', ['run', 'typecheck', ...options]] }];
}

/** What a user of the published packages would stumble over. */
export function packageGates() {
  return [
    { name: 'knip', command: ['knip', []] },
    { name: 'sherif', command: ['sherif', []] },
    ...publishablePackages().flatMap(({ name, directory }) => [
      {
        name: `publint ${name}`,
        command: ['publint', ['run', '--strict', '--pack', 'pnpm']],
        cwd: join(root, directory),
      },
      {
        name: `attw ${name}`,
        command: ['attw', ['--pack', '.', '--profile', 'esm-only']],
        cwd: join(root, directory),
      },
    ]),
  ];
}
