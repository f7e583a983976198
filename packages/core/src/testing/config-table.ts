import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';

/** A schema that also describes itself as JSON Schema, as zod's do. */
export type DescribedSchema = StandardSchemaV1 & StandardJSONSchemaV1;

/** The parts of JSON Schema that configs are made of. */
interface Description {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Description;
  readonly anyOf?: readonly Description[];
  readonly oneOf?: readonly Description[];
  readonly properties?: Readonly<Record<string, Description>>;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

const markers = /(<!-- config table -->\n).*?(?=<!-- end of config table -->)/s;

/**
 * Puts a table of a method's config into its README, between `<!-- config table -->` and
 * `<!-- end of config table -->`: types and defaults as the schema has them, and what a field
 * means from its TSDoc.
 *
 * A test that holds the result against the README keeps both true; with vitest's
 * `toMatchFileSnapshot`, `vitest --update` writes it.
 *
 * @param source - The file that defines the schema, each field under its TSDoc comment.
 * @throws TypeError if the README has no markers, or a field has no comment.
 */
export function withConfigTable(readme: string, schema: DescribedSchema, source: string): string {
  if (!markers.test(readme)) throw new TypeError('The README has no place for a config table.');
  const { properties = {} } = schema['~standard'].jsonSchema.input({
    target: 'draft-2020-12',
  }) as Description; // Any JSON Schema may have these parts.
  const defaults = defaultsOf(schema);
  const rows = Object.entries(properties).map(([name, description]) =>
    [
      `\`${name}\``,
      `\`${toType(description)}\``,
      `\`${toSource(defaults[name])}\``,
      commentOf(name, source),
    ].map((cell) => cell.replaceAll('|', '\\|')),
  );
  const table = [['field', 'type', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows];
  const lines = table.map((cells) => `| ${cells.join(' | ')} |\n`);
  return readme.replace(markers, (_, start: string) => start + lines.join(''));
}

function defaultsOf(schema: DescribedSchema): Readonly<Record<string, unknown>> {
  const result = schema['~standard'].validate({});
  if (result instanceof Promise || result.issues) {
    throw new TypeError('The schema has no default for each of its fields.');
  }
  return result.value as Record<string, unknown>; // A config is an object.
}

function toType(description: Description): string {
  const { anyOf, oneOf = anyOf, properties, items } = description;
  if (oneOf) return oneOf.map(toType).join(' | ');
  if (description.enum) return description.enum.map(toSource).join(' | ');
  if ('const' in description) return toSource(description.const);
  if (properties) {
    const entries = Object.entries(properties);
    return `{ ${entries.map(([name, field]) => `${toKey(name)}: ${toType(field)}`).join(', ')} }`;
  }
  if (items) return `${toElement(items)}[]`;
  return `${[description.type].flat().join(' | ')}${toRange(description)}`;
}

function toElement(items: Description): string {
  const type = toType(items);
  return type.includes(' ') ? `(${type})` : type;
}

function toRange({ minimum, exclusiveMinimum, exclusiveMaximum }: Description): string {
  if (minimum !== undefined && exclusiveMaximum !== undefined) {
    return ` in [${minimum}, ${exclusiveMaximum})`;
  }
  return exclusiveMinimum === undefined ? '' : ` > ${exclusiveMinimum}`;
}

/** A value as one would write it in TypeScript. */
function toSource(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(toSource).join(', ')}]`;
  const fields = Object.entries(value).map(([name, field]) => `${toKey(name)}: ${toSource(field)}`);
  return `{ ${fields.join(', ')} }`;
}

function toKey(name: string): string {
  return /^\w+$/.test(name) ? name : `'${name}'`;
}

/** The text of the TSDoc comment right above a field, on one line. */
function commentOf(name: string, source: string): string {
  const [, comment] = new RegExp(`/\\*\\*((?:(?!\\*/).)*)\\*/\\s*${name}:`, 's').exec(source) ?? [];
  if (comment === undefined) throw new TypeError(`The field "${name}" has no comment.`);
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*?\s*/, '').trim());
  return lines.filter((line) => line !== '').join(' ');
}
