import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { ConfigIssue } from './errors.ts';
import { invalidConfig } from './invalid-option.ts';
import { suggestName } from './nearest.ts';

/** Any schema that implements Standard Schema: zod, valibot, arktype, or one written by hand. */
export type ConfigSchema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;

/** What a schema takes: a config as it is written, without what has a default. */
export type ConfigInput<Schema extends ConfigSchema> = StandardSchemaV1.InferInput<Schema>;
/** What a schema gives: a config with its defaults filled in. */
export type ConfigOutput<Schema extends ConfigSchema> = StandardSchemaV1.InferOutput<Schema>;

/**
 * Validates `config` and fills in its defaults.
 *
 * @param subject - What the config belongs to, for messages: a method or a task.
 * @throws {@link PtlError} `CONFIG_INVALID`, listing every issue and not only the first; an
 *   unknown key comes with the nearest known one.
 * @throws TypeError if the schema validates asynchronously, which a method's schema may not.
 */
export function parseConfig<Schema extends ConfigSchema>(
  subject: string,
  schema: Schema,
  config: unknown,
): ConfigOutput<Schema> {
  const result = validate(subject, schema, config);
  if (!result.issues) return result.value;
  const known = knownKeys(subject, schema);
  const issues = result.issues.map((issue) => toConfigIssue(issue, known));
  throw invalidConfig(subject, issues);
}

function validate<Schema extends ConfigSchema>(
  subject: string,
  schema: Schema,
  config: unknown,
): StandardSchemaV1.Result<ConfigOutput<Schema>> {
  const result = schema['~standard'].validate(config);
  if (result instanceof Promise) {
    throw new TypeError(`The config schema of "${subject}" validates asynchronously.`);
  }
  return result as StandardSchemaV1.Result<ConfigOutput<Schema>>; // The schema's own output type.
}

/** The keys that an empty config is filled up with; none where the schema has required keys. */
function knownKeys(subject: string, schema: ConfigSchema): readonly string[] {
  const result = validate(subject, schema, {});
  const filled = result.issues ? undefined : result.value;
  return typeof filled === 'object' && filled !== null ? Object.keys(filled) : [];
}

function toConfigIssue(issue: StandardSchemaV1.Issue, known: readonly string[]): ConfigIssue {
  const keys = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  const path = keys.map(String).join('.');
  return { path, message: issue.message + (path === '' ? hints(issue, known) : '') };
}

/** Zod lists unrecognized keys in `keys`; schemas that do not get no hint. */
function hints(issue: object, known: readonly string[]): string {
  const unknown = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys.map(String) : [];
  return unknown.map((key) => suggestName(key, known)).join('');
}
