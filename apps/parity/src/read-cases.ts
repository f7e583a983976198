import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const rows = z.array(z.array(z.number()));

const caseSchema = z.object({
  /** Also the folder below `cases`. */
  name: z.string(),
  family: z.string(),
  task: z.enum(['SEQ_CLS', 'TOKEN_CLS', 'QUESTION_ANS', 'CAUSAL_LM', 'SEQ_2_SEQ_LM']),
  method: z.string(),
  /** Backbone modules that were trained along. */
  modulesToSave: z.array(z.string()),
  /** Of a multi-task adapter. */
  taskIndex: z.number().nullable(),
  rows: z.array(z.record(z.string(), z.unknown())),
  /** PEFT's, for each row those of its real tokens. */
  logits: rows,
  /** The same with the padding of the input in front of it. */
  leftPadded: rows.nullable(),
});

/** An adapter that PEFT made, and what it computes with it. */
export type StoredCase = z.output<typeof caseSchema>;

const casesSchema = z.object({
  versions: z.object({ peft: z.string(), torch: z.string(), transformers: z.string() }),
  cases: z.array(caseSchema),
  /** What PEFT cannot compute, and what it says then. */
  refusals: z.array(z.object({ name: z.string(), error: z.string() })),
});

/** Logits of each row, or what went wrong, by case and side. */
const resultsSchema = z.record(z.string(), z.union([rows, z.string()]));

/** What `parity.py make` wrote. */
export async function readCases(folder: string): Promise<z.output<typeof casesSchema>> {
  return casesSchema.parse(await readJson(join(folder, 'cases.json')));
}

/** What `parity.py read` wrote. */
export async function readResults(folder: string): Promise<z.output<typeof resultsSchema>> {
  return resultsSchema.parse(await readJson(join(folder, 'read.json')));
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
