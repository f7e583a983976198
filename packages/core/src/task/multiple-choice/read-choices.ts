import { requireNumber, requireRow, requireStrings } from '../row-fields.ts';
import { invalidRow, type RowPlace } from '../row-place.ts';
import { readTexts } from '../text-fields.ts';

/** What the sequences of a row are made of. */
export interface ChoiceTexts {
  readonly text: string;
  readonly textPair: string | undefined;
  readonly choices: readonly string[];
}

/** @throws {@link PtlError} `ROW_INVALID`, also for less than two choices. */
export function readChoices(row: unknown, at: RowPlace): ChoiceTexts {
  const { text, textPair } = readTexts(row, at);
  const choices = requireStrings(requireRow(row, at), 'choices', at);
  if (choices.length >= 2) return { text, textPair, choices };
  throw invalidRow(at, `"choices" must hold two or more. Got ${choices.length}`);
}

/** @throws {@link PtlError} `ROW_INVALID` if the label is the place of none of the choices. */
export function readChosen(row: unknown, { choices }: ChoiceTexts, at: RowPlace): number {
  const label = requireNumber(requireRow(row, at), 'label', at);
  if (Number.isInteger(label) && label >= 0 && label < choices.length) return label;
  const range = `from 0 to ${choices.length - 1}`;
  throw invalidRow(at, `"label" must be the place of a choice, ${range}. Got ${label}`);
}
