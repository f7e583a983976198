import { sha256 } from '../../files/sha256.ts';
import type { TrainSettings } from '../options/train-settings.ts';
import type { TrainingPlan } from '../training-plan.ts';

/** Everything besides the engine that decides what training does, as plain data. */
export interface Fingerprint {
  readonly options: Readonly<Record<string, unknown>>;
  readonly model: Readonly<Record<string, unknown>>;
  /** SHA-256 of the rows. */
  readonly train: string;
  /** SHA-256 of the rows; null without any. */
  readonly validation: string | null;
}

/** Rows that are hashed as one text. */
const rowsPerBlock = 1000;

export async function fingerprintOf(
  { train, validation }: TrainSettings,
  { optimizer, ...options }: TrainingPlan,
  model: Readonly<Record<string, unknown>>,
): Promise<Fingerprint> {
  return {
    options: plain({ ...options, optimizer: { name: optimizer.name, ...optimizer.options } }),
    model: plain(model),
    train: await hashRows(train),
    validation: validation ? await hashRows(validation) : null,
  };
}

/** Says what differs, each difference a phrase such as `batchSize was 8 and is 16`. */
export function fingerprintDifferences(was: Fingerprint, is: Fingerprint): string[] {
  return [
    ...(was.train === is.train ? [] : ['the training rows are others']),
    ...(was.validation === is.validation ? [] : ['the validation rows are others']),
    ...differences('', was.options, is.options),
    ...differences('model.', was.model, is.model),
  ];
}

function differences(path: string, was: object, is: object): string[] {
  const [before, after] = [new Map(Object.entries(was)), new Map(Object.entries(is))];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    if (isRecord(old) && isRecord(now)) return differences(`${path}${key}.`, old, now);
    const [oldText, nowText] = [JSON.stringify(old), JSON.stringify(now)];
    return oldText === nowText ? [] : [`${path}${key} was ${cut(oldText)} and is ${cut(nowText)}`];
  });
}

async function hashRows(rows: readonly unknown[]): Promise<string> {
  const blocks: string[] = [];
  for (let start = 0; start < rows.length; start += rowsPerBlock) {
    blocks.push(await sha256(JSON.stringify(rows.slice(start, start + rowsPerBlock))));
  }
  return sha256(blocks.join());
}

/** As it will be once it was written as JSON and read again. */
function plain(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function cut(text: string | undefined): string {
  if (text === undefined) return 'absent';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
