import { PtlError } from './errors.ts';
import type { TuningMethod } from './method.ts';

/** Versions of the method contract that this core runs. */
const supported: readonly number[] = [1];

/**
 * Holds a method's version of the contract against those that core runs. TypeScript does so too, but
 * a method may come from a package that was built against another core, or from JavaScript.
 *
 * @throws {@link PtlError} `METHOD_VERSION_UNSUPPORTED`.
 */
export function assertSupportedVersion({
  name,
  apiVersion,
}: Pick<TuningMethod, 'name' | 'apiVersion'>): void {
  if (supported.includes(apiVersion)) return;
  const written = apiVersion === undefined ? 'no version' : `version ${apiVersion}`;
  const message =
    `"${name}" is written for ${written} of the method contract; this @ptl/core runs version ` +
    `${supported.join(' and ')}. Take releases of the two that go together.`;
  throw new PtlError('METHOD_VERSION_UNSUPPORTED', message, {
    method: name,
    apiVersion,
    supported,
  });
}
