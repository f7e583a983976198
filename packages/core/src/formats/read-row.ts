import type { LabelSetRow } from '../task/multi-label-classification.ts';
import type { ValueRow } from '../task/regression.ts';
import type { TextRow } from '../task/sequence-classification.ts';
import type { TaggedRow } from '../task/token-classification.ts';
import type { WordInContextRow } from '../task/word-in-context/word-row.ts';
import type { TextInput } from '../tokenizer/encode-row.ts';
import { toUtf16 } from './code-points.ts';
import { readChoice } from './read-choice.ts';
import { type RowFields, toName } from './row-fields.ts';
import type { RowKind, RowOfKind } from './row-kind.ts';

/** Makes a row of a kind of the fields that a file has. */
type ReadRow<Kind extends RowKind> = (fields: RowFields) => RowOfKind[Kind];

const readers: { readonly [Kind in RowKind]: ReadRow<Kind> } = {
  classification: readClass,
  regression: readValue,
  'multi-label': readLabelSet,
  tags: readTags,
  choice: readChoice,
  'word-in-context': readWords,
};

/** @throws Error, by the fields' own `fail`, if the fields are not those of the kind. */
export function readRow<Kind extends RowKind>(fields: RowFields, kind: Kind): RowOfKind[Kind] {
  const isTagged = kind !== 'tags' && Array.isArray(fields.value('tokens'));
  if (isTagged) throw fields.fail('The file mixes rows with texts and rows with tokens');
  return readers[kind](fields);
}

/** A text, and maybe a second one. */
function readTexts(fields: RowFields): TextInput {
  const text = fields.text('text', 'text');
  const textPair = fields.optionalText('textPair', 'second text');
  return textPair === undefined ? { text } : { text, textPair };
}

function readClass(fields: RowFields): TextRow {
  const texts = readTexts(fields);
  const label = fields.name('label');
  if (label === undefined) throw fields.missing('label');
  return { ...texts, label };
}

function readValue(fields: RowFields): ValueRow {
  return { ...readTexts(fields), value: fields.number('value', 'value') };
}

/** Between the labels of a row that has them in one text. */
const separator = /[,;|]/;

function readLabelSet(fields: RowFields): LabelSetRow {
  const texts = readTexts(fields);
  const value = fields.value('labels');
  if (value === undefined) throw fields.missing('labels');
  if (typeof value === 'string') {
    const labels = value.split(separator).map((label) => label.trim());
    return { ...texts, labels: labels.filter((label) => label !== '') };
  }
  const labels = Array.isArray(value) ? value.map(toName) : [undefined];
  const named = labels.filter((label) => label !== undefined);
  if (named.length === labels.length) return { ...texts, labels: named };
  throw fields.fail(`The labels must be a list of names. Got ${JSON.stringify(value)}`);
}

function readTags(fields: RowFields): TaggedRow {
  const tokens = fields.value('tokens');
  const tags = fields.value('tags');
  if (tokens === undefined)
    throw fields.fail('The file mixes rows with tokens and rows with texts');
  if (!isStrings(tokens)) throw fields.fail('The tokens must be a list of non-empty strings');
  if (tags === undefined) throw fields.fail('The row has tokens but no tags');
  if (!isStrings(tags)) throw fields.fail('The tags must be a list of non-empty strings');
  if (tokens.length === 0) throw fields.fail('The row has no tokens');
  if (tokens.length !== tags.length) {
    const count = `There must be one tag for each of the ${tokens.length} tokens`;
    throw fields.fail(`${count}. Got ${tags.length}`);
  }
  return { tokens, tags };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}

/** Two texts, with the place of a word in each, counted in code points as Python does. */
function readWords(fields: RowFields): WordInContextRow {
  const text = fields.text('text', 'text');
  const textPair = fields.text('textPair', 'second text');
  const label = fields.name('label');
  if (label === undefined) throw fields.missing('label');
  const spanIn = (whole: string, from: 'start' | 'startPair', to: 'end' | 'endPair') => {
    const [start, end] = [fields.number(from, from), fields.number(to, to)];
    const span = [toUtf16(whole, start), toUtf16(whole, end)] as const;
    const [first, behind] = span;
    if (first !== null && behind !== null && first < behind) return [first, behind] as const;
    throw fields.fail(`There is no word from ${start} to ${end} in ${JSON.stringify(whole)}`);
  };
  const span = spanIn(text, 'start', 'end');
  return { text, textPair, span, spanPair: spanIn(textPair, 'startPair', 'endPair'), label };
}
