import * as tf from '@tensorflow/tfjs';
import { headPrefix } from '../checkpoint/adapter-tensors.ts';
import type { StoredAdapter } from '../checkpoint/stored-adapter.ts';
import type { VariableStore } from '../contract/variable-store.ts';

/** The names that a stored adapter gives a head's variables. */
export function headTensors(head: VariableStore): ReadonlyMap<string, tf.Variable> {
  const named = [...head.variables].map(
    ([name, variable]) => [headPrefix + name.replaceAll('/', '.'), variable] as const,
  );
  return new Map(named);
}

/**
 * Sets a head to what is stored.
 *
 * @throws {@link PtlError} `CHECKPOINT_INVALID` for a tensor that is missing or of another shape.
 */
export function fillHead(stored: StoredAdapter, head: VariableStore): void {
  for (const [name, variable] of headTensors(head)) {
    tf.tidy(() => variable.assign(stored.tensor(name, variable.shape)));
  }
}
