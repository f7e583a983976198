import { PtlError } from '@ptl/core';

export const engineNames = ['tensorflow', 'wasm'] as const;
export type EngineName = (typeof engineNames)[number];

/**
 * The engine that was asked for by name: by the option, else by `PTL_ENGINE`, else none.
 *
 * @throws {@link PtlError} `ENGINE_UNKNOWN` if no engine has that name.
 */
export function chosenEngine(
  option: string | undefined,
  env: NodeJS.ProcessEnv,
): EngineName | undefined {
  const name = option ?? (env['PTL_ENGINE'] || undefined);
  if (name === undefined || isEngineName(name)) return name;
  const origin = option === undefined ? ' (from PTL_ENGINE)' : '';
  throw new PtlError(
    'ENGINE_UNKNOWN',
    `No engine is called "${name}"${origin}. Known: ${engineNames.join(', ')}.`,
    { engine: name, known: engineNames },
  );
}

function isEngineName(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name);
}
