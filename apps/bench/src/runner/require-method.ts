import { PtlError, suggestName } from '@ptl/core';
import { methodNames } from '../bench-methods.ts';

/** @throws {@link PtlError} `METHOD_UNKNOWN`, with the nearest known name. */
export function requireMethod(method: string): void {
  if (methodNames.includes(method)) return;
  const message = `No method is called "${method}".${suggestName(method, methodNames)} Known: ${methodNames.join(', ')}.`;
  throw new PtlError('METHOD_UNKNOWN', message, { method, known: methodNames });
}
