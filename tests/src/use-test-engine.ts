import { isPtlError } from '@ptl/core';
import { useEngine } from '@ptl/node';
import type { TestContext } from 'vitest';

/** Switches to an engine, or skips the test where that engine is not installed. */
export async function useTestEngine(
  engine: 'tensorflow' | 'wasm',
  context: TestContext,
): Promise<void> {
  try {
    await useEngine({ engine, install: false, onMessage: () => undefined });
  } catch (error) {
    if (!isPtlError(error) || error.code !== 'ENGINE_UNAVAILABLE') throw error;
    context.skip('the TensorFlow engine is not installed: pnpm ptl-engine install');
  }
}
