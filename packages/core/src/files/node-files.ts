import { PtlError } from '../contract/errors.ts';

/** Node's own modules for files. */
export interface NodeFiles {
  readonly fs: typeof import('node:fs/promises');
  readonly path: typeof import('node:path');
}

/**
 * Imports Node's file modules when they are first needed, so that core itself can be imported in a
 * browser.
 *
 * @throws {@link PtlError} `NODE_REQUIRED` in a runtime that is not Node.
 */
export async function nodeFiles(): Promise<NodeFiles> {
  requireNode('Files and folders');
  const [fs, path] = await Promise.all([import('node:fs/promises'), import('node:path')]);
  return { fs, path };
}

/** @throws {@link PtlError} `NODE_REQUIRED` in a runtime that is not Node. */
function requireNode(subject: string): void {
  // Browsers have no `process`, bundlers give them one without versions.
  if (globalThis.process?.versions?.node !== undefined) return;
  throw new PtlError('NODE_REQUIRED', `${subject} can be used only in Node.`, { subject });
}
