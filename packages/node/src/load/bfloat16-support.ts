import { readFileSync } from 'node:fs';

/** What Linux calls the instructions that multiply matrices of bfloat16: x86, then ARM. */
const fastFlags = ['amx_bf16', 'avx512_bf16', 'bf16'];

/**
 * Whether the processor has instructions for products in bfloat16. Others compute them too, but no
 * faster than in float32. Only Linux tells.
 */
export function hasFastBfloat16(flags: ReadonlySet<string> = processorFlags()): boolean {
  return fastFlags.some((flag) => flags.has(flag));
}

/** The features that `/proc/cpuinfo` lists for the first processor; none elsewhere. */
export function processorFlags(path = '/proc/cpuinfo'): ReadonlySet<string> {
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
    return new Set(line.trim().split(/\s+/));
  } catch {
    return new Set();
  }
}
