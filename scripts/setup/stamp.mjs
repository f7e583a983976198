import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../workspace/root.mjs';

/** Where setup remembers what it has done; git-ignored and safe to delete. */
export const stampDirectory = join(root, '.setup');

/** One hash over the names and contents of files (relative to the root) and over further facts. */
export function hashInputs(files, facts = []) {
  const hash = createHash('sha256');
  for (const fact of facts) hash.update(`${fact}\0`);
  for (const file of files) {
    const content = readFileSync(join(root, file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Whether a step was finished with exactly these inputs. */
export function isStamped(step, hash) {
  const file = stampFile(step);
  return existsSync(file) && readFileSync(file, 'utf8').trim() === hash;
}

/** Forgets that a step was finished: called before it starts, so that an interrupted step counts as not done. */
export function removeStamp(step) {
  rmSync(stampFile(step), { force: true });
}

/** Remembers that a step was finished with these inputs. */
export function writeStamp(step, hash) {
  mkdirSync(stampDirectory, { recursive: true });
  const partial = `${stampFile(step)}.${process.pid}`;
  writeFileSync(partial, `${hash}\n`);
  renameSync(partial, stampFile(step));
}

function stampFile(step) {
  return join(stampDirectory, `${step}.stamp`);
}
