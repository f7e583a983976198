import type { ChoiceRow } from '../task/multiple-choice/choice-row.ts';
import type { TextRow } from '../task/sequence-classification.ts';
import type { WordInContextRow } from '../task/word-in-context/word-row.ts';
import { readObjectLines } from './json-object-lines.ts';
import { parseJsonLines } from './parse-json-lines.ts';
import { type FailRow, type FormatOptions, type ParsedRows, unnamedFile } from './parsed-rows.ts';
import { readRow } from './read-row.ts';
import { RowFields } from './row-fields.ts';

/** The rows of SuperGLUE's tasks. */
export interface SuperGlueRow {
  readonly boolq: TextRow;
  readonly cb: TextRow;
  readonly copa: ChoiceRow;
  readonly rte: TextRow;
  readonly wic: WordInContextRow;
}

export type SuperGlueTask = keyof SuperGlueRow;

/**
 * Parses the JSON lines of a SuperGLUE task: `train.jsonl` or `val.jsonl`; what is for the leaderboard
 * has no labels. COPA's rows ask for the cause or the effect of their text; WiC's words are where
 * JavaScript counts them, their `label` is `true` or `false`, as BoolQ's is.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line.
 * @see Wang et al. (2019), arXiv:1905.00537
 */
export function parseSuperGlue<Task extends SuperGlueTask>(
  text: string,
  task: Task,
  options: FormatOptions = {},
): ParsedRows<SuperGlueRow[Task]> {
  return parsers[task](text, options);
}

const readTexts = (text: string, options: FormatOptions) =>
  parseJsonLines(text, 'classification', options);

const parsers: {
  readonly [Task in SuperGlueTask]: (
    text: string,
    options: FormatOptions,
  ) => ParsedRows<SuperGlueRow[Task]>;
} = {
  boolq: readTexts,
  cb: readTexts,
  copa: (text, { file = unnamedFile }) => readObjectLines(text, file, readCause),
  rte: readTexts,
  wic: (text, options) => parseJsonLines(text, 'word-in-context', options),
};

/** What COPA's `question` asks about the premise. */
const copaQuestions: ReadonlyMap<unknown, string> = new Map([
  ['cause', 'What was the cause of this?'],
  ['effect', 'What happened as a result?'],
]);

function readCause(values: ReadonlyMap<string, unknown>, fail: FailRow): ChoiceRow {
  const asked = values.get('question');
  const question = copaQuestions.get(asked);
  if (question === undefined) {
    throw fail(`The question must be "cause" or "effect". Got ${JSON.stringify(asked)}`);
  }
  const present = `. Its fields: ${[...values.keys()].join(', ')}`;
  const asText = new Map([...values, ['question', question]]);
  return readRow(new RowFields({ values: asText, fail, present }, 'choice'), 'choice');
}
