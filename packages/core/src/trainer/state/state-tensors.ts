import { parseSafetensors } from '../../backbone/weights/parse-safetensors.ts';
import { toFloat32 } from '../../backbone/weights/stored-tensor.ts';
import { type TensorToWrite, writeSafetensors } from '../../backbone/weights/write-safetensors.ts';
import type { VariableValue, VariableValues } from '../variable-values.ts';

/** What a run remembers in tensors. */
export interface StateTensors {
  /** As they are trained, before folding. */
  readonly variables: VariableValues;
  readonly moments: VariableValues;
  /** The variables at the best evaluation; null where they are not kept, or there is none yet. */
  readonly best: VariableValues | null;
}

export function formatStateTensors({
  variables,
  moments,
  best,
}: StateTensors): Uint8Array<ArrayBuffer> {
  const groups = { variables, moments, best: best ?? new Map<string, VariableValue>() };
  const tensors = Object.entries(groups).flatMap(([group, values]) =>
    [...values].map(
      ([name, { shape, data }]): TensorToWrite => ({ name: `${group}/${name}`, shape, data }),
    ),
  );
  return writeSafetensors(tensors, {});
}

/** @throws {@link PtlError} `FILE_INVALID`. */
export function parseStateTensors(bytes: Uint8Array<ArrayBuffer>, file: string): StateTensors {
  const { tensors } = parseSafetensors(bytes, file);
  const group = (prefix: string): VariableValues =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, tensor]) => [
          name.slice(prefix.length),
          { shape: tensor.shape, data: toFloat32(tensor) },
        ]),
    );
  const best = group('best/');
  return {
    variables: group('variables/'),
    moments: group('moments/'),
    best: best.size > 0 ? best : null,
  };
}

/** Says which tensor does not fit what it is to be put into, if one does not. */
export function misfit(
  values: VariableValues,
  variables: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): string | undefined {
  for (const name of new Set([...variables.keys(), ...values.keys()])) {
    const [stored, expected] = [values.get(name), variables.get(name)].map(
      (value) => value && `[${value.shape.join(', ')}]`,
    );
    if (stored === expected) continue;
    return `"${name}" has shape ${stored ?? 'none'} in it and ${expected ?? 'none'} here`;
  }
  return undefined;
}
