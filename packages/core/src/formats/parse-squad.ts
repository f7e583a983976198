import * as z from 'zod';
import type { QuestionRow } from '../task/question-answering/question-row.ts';
import { toUtf16 } from './code-points.ts';
import { invalidFile } from './invalid-file.ts';
import { type FormatOptions, unnamedFile } from './parsed-rows.ts';

/** Questions with the ids that predictions are filed under. */
export interface SquadRows {
  readonly rows: readonly QuestionRow[];
  /** One for each row; empty where the file has none. */
  readonly ids: readonly string[];
}

const answerSchema = z.object({ text: z.string().min(1), answer_start: z.int().nonnegative() });

const questionSchema = z.object({
  question: z.string(),
  id: z.union([z.string(), z.number()]).optional(),
  answers: z.array(answerSchema),
});

const squadSchema = z.object({
  data: z.array(
    z.object({
      paragraphs: z.array(z.object({ context: z.string(), qas: z.array(questionSchema) })),
    }),
  ),
});

/**
 * Parses the JSON of SQuAD 1.1 or 2.0, and of what is filed like them, such as XQuAD. A question without
 * an answer has empty lists; answers that annotators gave twice stay.
 *
 * The files count places in code points, as Python does; rows have them in UTF-16 code units.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the place of what is wrong in the JSON, also for an answer
 *   that does not stand where the file says.
 * @see Rajpurkar et al. (2018), arXiv:1806.03822
 */
export function parseSquad(text: string, { file = unnamedFile }: FormatOptions = {}): SquadRows {
  const result = squadSchema.safeParse(parseJson(text, file));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw invalidFile(file, `${pathOf(issue?.path ?? [])}: ${issue?.message}`.replace(/\.$/, ''));
  }
  const rows: QuestionRow[] = [];
  const ids: string[] = [];
  for (const [article, { paragraphs }] of result.data.data.entries()) {
    for (const [paragraph, { context, qas }] of paragraphs.entries()) {
      for (const [place, { question, id = '', answers }] of qas.entries()) {
        const starts = answers.map((answer, index) => {
          const start = toUtf16(context, answer.answer_start);
          if (start !== null && context.startsWith(answer.text, start)) return start;
          const path = ['data', article, 'paragraphs', paragraph, 'qas', place, 'answers', index];
          const reason = `the answer ${JSON.stringify(answer.text)} does not stand at ${answer.answer_start}, in code points`;
          throw invalidFile(file, `${pathOf(path)}: ${reason}`);
        });
        rows.push({
          question,
          context,
          answers: { text: answers.map((answer) => answer.text), answerStart: starts },
        });
        ids.push(String(id));
      }
    }
  }
  return { rows, ids };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const message = error instanceof Error ? error.message : error;
    throw invalidFile(file, `The file is not JSON: ${message}`, undefined, error);
  }
}

/** A place in JSON, as one writes it in JavaScript. */
function pathOf(keys: readonly PropertyKey[]): string {
  const path = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return path.join('').replace(/^\./, '') || 'The file';
}
