import type { NodeFiles } from './node-files.ts';

/**
 * What a sibling of a folder holds: a version being written or being removed, or the version before
 * the one that is being put in its place.
 */
export type SiblingKind = 'new' | 'old';

/** A folder beside the one being written, on the same file system and so only a rename away. */
export interface FolderSibling {
  readonly path: string;
  readonly kind: SiblingKind;
  /** Whether the process that made it is still at work on it. */
  readonly inUse: boolean;
}

/** Siblings that this process is at work on. */
const mine = new Set<string>();

/** Names a new sibling after this process, so that others can tell whether it is abandoned. */
export function claimSibling(path: NodeFiles['path'], folder: string, kind: SiblingKind): string {
  const token = crypto.randomUUID().slice(0, 8);
  const name = `${prefixOf(path, folder)}${kind}-${process.pid}-${token}`;
  const sibling = path.join(path.dirname(folder), name);
  mine.add(sibling);
  return sibling;
}

export function releaseSibling(sibling: string): void {
  mine.delete(sibling);
}

/** Finds what writers, at work or dead, have left beside a folder. */
export async function listSiblings(files: NodeFiles, folder: string): Promise<FolderSibling[]> {
  const { fs, path } = files;
  const parent = path.dirname(folder);
  const prefix = prefixOf(path, folder);
  const names = await fs.readdir(parent).catch(() => []);
  return names.flatMap((name) => {
    if (!name.startsWith(prefix)) return [];
    const match = /^(new|old)-(\d+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length));
    if (!match) return [];
    const sibling = path.join(parent, name);
    const kind = match[1] === 'old' ? 'old' : 'new';
    return [{ path: sibling, kind, inUse: isInUse(sibling, Number(match[2])) }];
  });
}

function prefixOf(path: NodeFiles['path'], folder: string): string {
  return `.${path.basename(folder)}.ptl-`;
}

function isInUse(sibling: string, owner: number): boolean {
  // In containers a new process often has the number of the one that died.
  if (owner === process.pid) return mine.has(sibling);
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
