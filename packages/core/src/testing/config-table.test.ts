import { expect, it } from 'vitest';
import * as z from 'zod';
import { withConfigTable } from './config-table.ts';

const schema = z.strictObject({
  promptLength: z.int().positive().default(10),
  mlp: z
    .strictObject({ hiddenSize: z.int().default(4) })
    .nullable()
    .prefault({}),
  dropout: z.number().min(0).lt(1).default(0),
  place: z.enum(['front', 'end']).default('front'),
  word: z.string().nullish(),
  places: z
    .array(z.enum(['front', 'end']))
    .nullable()
    .default(null),
  start: z
    .discriminatedUnion('kind', [z.strictObject({ kind: z.literal('zero') })])
    .prefault({ kind: 'zero' }),
  layers: z.union([z.literal('all'), z.array(z.int().min(0))]).default('all'),
  lengths: z.array(z.int().positive()).default([1]),
});

const source = `
  /** Not this one. */
  other: 1,
  /** Number of tokens. */
  promptLength: 2,
  /**
   * Units of an MLP,
   * or null.
   */
  mlp: 3,
  /** A share. */ dropout: 4,
  /** A or | b. */
  place: 5,
  /** Any. */
  word: 7,
  /** Some. */
  places: 6,
  /** Start. */
  start: 7,
  /** Which. */
  layers: 8,
  /** How long. */
  lengths: 9,
`;

const table = `| field | type | default | meaning |
| --- | --- | --- | --- |
| \`promptLength\` | \`integer > 0\` | \`10\` | Number of tokens. |
| \`mlp\` | \`{ hiddenSize: integer } \\| null\` | \`{ hiddenSize: 4 }\` | Units of an MLP, or null. |
| \`dropout\` | \`number in [0, 1)\` | \`0\` | A share. |
| \`place\` | \`'front' \\| 'end'\` | \`'front'\` | A or \\| b. |
| \`word\` | \`string \\| null\` | \`undefined\` | Any. |
| \`places\` | \`('front' \\| 'end')[] \\| null\` | \`null\` | Some. |
| \`start\` | \`{ kind: 'zero' }\` | \`{ kind: 'zero' }\` | Start. |
| \`layers\` | \`'all' \\| integer[]\` | \`'all'\` | Which. |
| \`lengths\` | \`(integer > 0)[]\` | \`[1]\` | How long. |
`;

it('replaces what stands between the markers by a row for each field', () => {
  const readme = 'a\n<!-- config table -->\nold\n<!-- end of config table -->\nz\n';
  const expected = `a\n<!-- config table -->\n${table}<!-- end of config table -->\nz\n`;
  expect(withConfigTable(readme, schema, source)).toBe(expected);
  expect(withConfigTable(expected, schema, source)).toBe(expected);
});

it('refuses a README without a place for it, and a field without a comment', () => {
  const readme = '<!-- config table -->\n<!-- end of config table -->\n';
  expect(() => withConfigTable('', schema, source)).toThrow(/no place/);
  expect(() => withConfigTable(readme, schema, '')).toThrow(/"promptLength" has no comment/);
});
