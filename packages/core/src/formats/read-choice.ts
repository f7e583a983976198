import type { ChoiceRow } from '../task/multiple-choice/choice-row.ts';
import type { RowFields } from './row-fields.ts';

/** Words of fields such as `choice1` and `ending0`. */
const choiceWords = ['choice', 'ending', 'option', 'sol'];

interface NamedChoices {
  readonly choices: readonly string[];
  /** What the label calls them, where the file says so. */
  readonly names: readonly string[] | null;
}

/**
 * A row with choices: a list of them, `{"text": [...], "label": [...]}`, or fields such as `choice1`. The
 * label is a place from 0, a letter from A, or a name that the file gives its choices.
 */
export function readChoice(fields: RowFields): ChoiceRow {
  const text = fields.text('text', 'text');
  const textPair = fields.optionalText('textPair', 'second text');
  const { choices, names } = readChoices(fields);
  const value = fields.value('label');
  if (value === undefined || value === '') throw fields.missing('label');
  const label = placeOf(value, choices.length, names);
  if (label === null) {
    const allowed = names ? names.join(', ') : `0 to ${choices.length - 1}, or a letter from A`;
    throw fields.fail(
      `The label must be one of its choices, ${allowed}. Got ${JSON.stringify(value)}`,
    );
  }
  return { text, ...(textPair === undefined ? {} : { textPair }), choices, label };
}

function readChoices(fields: RowFields): NamedChoices {
  const value = fields.value('choices');
  const numbered = fields.numbered(choiceWords);
  if (value === undefined && numbered.length === 0) throw fields.missing('choices');
  const { text = value ?? numbered, label = null } = isObject(value) ? value : {};
  const names = Array.isArray(label) ? label.map(String) : null;
  const isWhole = isTexts(text) && text.length >= 2;
  if (isWhole && (names === null || names.length === text.length)) return { choices: text, names };
  throw fields.fail(`The choices must be two texts or more. Got ${JSON.stringify(text)}`);
}

function placeOf(value: unknown, count: number, names: readonly string[] | null): number | null {
  const name = String(value).trim();
  if (names) return names.includes(name) ? names.indexOf(name) : null;
  const letter = /^[A-Z]$/.test(name) ? name.charCodeAt(0) - 65 : null;
  const place = letter ?? (/^\d+$/.test(name) ? Number(name) : null);
  return place !== null && place < count ? place : null;
}

function isObject(value: unknown): value is { readonly text?: unknown; readonly label?: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.every((item) => typeof item === 'string' && item.trim() !== '')
  );
}
