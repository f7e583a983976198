import { isPtlError, PtlError } from '@ptl/core';
import type { InstallProgress } from './install-progress.ts';

/** Where an install failed: a stage of its progress, or the check of a sum. */
type FailedStage = InstallProgress['stage'] | 'verify';

/** An install that failed, with a reason of one line. */
export function installFailure(
  stage: FailedStage,
  reason: string,
  cause?: unknown,
): PtlError<'ENGINE_INSTALL_FAILED'> {
  return new PtlError(
    'ENGINE_INSTALL_FAILED',
    `Installing the TensorFlow engine failed (${stage}): ${reason}.`,
    { stage, reason },
    { cause },
  );
}

/** Says in one line why something failed: in plain words where the system has only a code. */
export function describeFailure(error: unknown): string {
  if (isPtlError(error)) return 'reason' in error.details ? error.details.reason : error.message;
  if (!(error instanceof Error)) return String(error);
  if (error.message === 'fetch failed' && error.cause) return describeFailure(error.cause);
  const code = 'code' in error ? String(error.code) : '';
  const path = 'path' in error ? ` (${String(error.path)})` : '';
  const known = systemReasons[code];
  if (known) return `${known}${path}`;
  return firstLine(error.message) || code || error.name;
}

const systemReasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EACCES: 'no permission to write',
  EROFS: 'the file system is read-only',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection broke off',
  ENOTFOUND: 'the host name is not known: is there a network?',
  EAI_AGAIN: 'the host name cannot be looked up: is there a network?',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
};

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}
