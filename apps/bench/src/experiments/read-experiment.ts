import { readFile } from 'node:fs/promises';
import { type ConfigOutput, type ConfigSchema, PtlError, parseConfig } from '@ptl/core';

/**
 * Reads a JSON file and validates it.
 *
 * @param name - How the file is called in messages.
 * @returns Null if there is no such file.
 * @throws {@link PtlError} `FILE_INVALID` if it is not JSON; `CONFIG_INVALID`, with every problem,
 *   if it does not fit the schema.
 */
export async function readExperiment<Schema extends ConfigSchema>(
  file: string,
  name: string,
  schema: Schema,
): Promise<ConfigOutput<Schema> | null> {
  const text = await readIfThere(file);
  return text === null ? null : parseConfig(name, schema, parseJson(text, file));
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PtlError('FILE_INVALID', `"${file}" is not JSON: ${reason}.`, { file, reason });
  }
}
