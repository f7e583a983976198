import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFixtureCheckpoint } from '../../../packages/core/src/testing/fixture-checkpoint.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import {
  installedPackages,
  installWithNpm,
  missingCondition,
  packPackages,
} from './published-project.ts';

const published = ['core', 'node', 'prompt-tuning'];
const beforeAllMs = 420_000;

// A skipped test says why in its title: vitest prints no reason.
const absent = await missingCondition(published);

describe.skipIf(absent)(
  `packed tarballs in an empty project${absent ? ` (${absent})` : ''}`,
  () => {
    const tarballs = makeTemporaryFolder();
    const project = makeTemporaryFolder();

    beforeAll(async () => {
      const files = await packPackages(published, tarballs.path);
      await installWithNpm(project.path, [...files, '@tensorflow/tfjs@4.22.0']);
    }, beforeAllMs);

    afterAll(() => {
      tarballs[Symbol.dispose]();
      project[Symbol.dispose]();
    });

    it('bring the packages that were asked for and no other of ours', () => {
      const ours = installedPackages(project.path).filter((name) => name.startsWith('@ptl/'));
      expect(ours.sort()).toEqual(published.map((name) => `@ptl/${name}`));
    });

    it('bring no TensorFlow package with an install step that downloads', () => {
      const installed = installedPackages(project.path);
      expect(installed).not.toContain('@tensorflow/tfjs-node-gpu');
      expect(installed).not.toContain('@tensorflow/tfjs-node');
    });

    it('bring one copy of TensorFlow.js', () => {
      const lock = readFileSync(join(project.path, 'package-lock.json'), 'utf8');
      const copies = lock.match(/"node_modules\/[^"]*@tensorflow\/tfjs-core"/g);
      expect(copies).toHaveLength(1);
    });

    it('resolve without the source condition', () => {
      for (const name of published) {
        const file = join(project.path, 'node_modules/@ptl', name, 'package.json');
        expect(readFileSync(file, 'utf8')).not.toContain('@ptl/source');
      }
    });

    it('train a classifier, save it, load it and predict', { timeout: 120_000 }, async () => {
      const program = join(project.path, 'train.mjs');
      copyFileSync(new URL('train-program.mjs', import.meta.url), program);
      const backbone = join(project.path, 'backbone');
      await writeFixtureCheckpoint('bert', backbone);
      const output = execFileSync(process.execPath, [program, backbone], {
        cwd: project.path,
        encoding: 'utf8',
      });
      expect(output).toBe('good good bad bad');
    });
  },
);
