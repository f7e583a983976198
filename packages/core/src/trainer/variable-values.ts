import * as tf from '@tensorflow/tfjs';

/** A variable's value on the host. */
export interface VariableValue {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

export type VariableValues = ReadonlyMap<string, VariableValue>;

/** Downloads the current values; later updates do not change them. */
export async function readVariables(
  variables: ReadonlyMap<string, tf.Variable>,
): Promise<VariableValues> {
  const entries = [...variables].map(async ([name, variable]) => {
    // A copy: some engines hand out the memory that they compute with.
    const data = (await variable.data<'float32'>()).slice();
    return [name, { shape: variable.shape, data }] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Gives variables the values of the same names, which must be there in the same shapes. */
export function assignVariables(
  variables: ReadonlyMap<string, tf.Variable>,
  values: VariableValues,
): void {
  tf.tidy(() => {
    for (const [name, variable] of variables) {
      const value = values.get(name);
      if (!value) throw new RangeError(`There is no value for the variable "${name}".`);
      variable.assign(tf.tensor(value.data, [...value.shape], 'float32'));
    }
  });
}
