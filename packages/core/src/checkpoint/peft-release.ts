import { invalidOption } from '../contract/invalid-option.ts';

/** A release of PEFT, `[major, minor, patch]`. */
export type PeftRelease = readonly [number, number, number];

/** The release whose format is written where none is named. */
export const latestPeft = '0.21.2';

/** The oldest release whose files are read and written. */
const oldest: PeftRelease = [0, 4, 0];

/**
 * Fields of `adapter_config.json` that came after 0.4. Releases before 0.14 refuse a file with a
 * field that they do not know, later ones warn.
 */
const fieldsSince: Readonly<Record<string, PeftRelease>> = {
  init_weights: [0, 19, 0],
  modules_to_save: [0, 17, 0],
  peft_version: [0, 18, 0],
  tokenizer_kwargs: [0, 7, 0],
};

/**
 * Reads the number of a release, such as `0.13.2` or `0.18`.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` unless it is one of 0.4 or later.
 */
export function parsePeftRelease(text: string): PeftRelease {
  const parts = /^(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?$/.exec(text);
  const [, major, minor, patch] = parts ?? [];
  const release: PeftRelease = [Number(major), Number(minor), Number(patch ?? 0)];
  if (parts && !isBefore(release, oldest)) return release;
  const message = `Expected a release from 0.4 on, such as "${latestPeft}", not ${JSON.stringify(text)}.`;
  throw invalidOption('save', 'targetPeftVersion', message);
}

/** Whether a release knows a field of `adapter_config.json`. */
export function knowsField(release: PeftRelease, field: string): boolean {
  const since = fieldsSince[field];
  return since === undefined || !isBefore(release, since);
}

/**
 * Whether a release loads prompts with a head: 0.13 cannot put them on a model, 0.15 and 0.16 leave
 * the head out.
 */
export function loadsHeads(release: PeftRelease): boolean {
  const [major, minor] = release;
  return major > 0 || ![13, 15, 16].includes(minor);
}

function isBefore(one: PeftRelease, other: PeftRelease): boolean {
  const differing = one.findIndex((part, index) => part !== other[index]);
  return differing >= 0 && (one[differing] ?? 0) < (other[differing] ?? 0);
}
