import * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import type { TaskKind } from '../contract/method.ts';

/** What a task without classes is made of. */
export interface LanguageTaskOptions {
  /** What messages call the task. */
  readonly name?: string | undefined;
}

const optionsSchema = z.strictObject({ name: z.string().optional() });

/**
 * Checks the options of a task without classes, which may come from a file.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` for anything but a name.
 */
export function parseLanguageOptions(kind: TaskKind, options: unknown): LanguageTaskOptions {
  return parseConfig(kind, optionsSchema, options);
}
