import type { TemplatePart, WrittenPart } from '../contract/layout.ts';
import { type Gap, gapBehind, hasSpaceBefore } from './template-gap.ts';

/** What fills a run of slots: the method's own virtual tokens, or tokens that start from words. */
export type SlotRun =
  | { readonly kind: 'prompt'; readonly length: number }
  /** Those of one name are the same. */
  | { readonly kind: 'soft'; readonly ids: readonly number[]; readonly name: string | null };

/** A template with slots in place of soft tokens. */
export interface ResolvedTemplate {
  readonly parts: readonly TemplatePart[];
  /** In the order of the slots. */
  readonly runs: readonly SlotRun[];
}

/**
 * Makes slots of a template's soft tokens, one for each token of their words.
 *
 * @param tokenize - Token ids of a text, without special tokens.
 */
export function resolveTemplate(
  written: readonly WrittenPart[],
  tokenize: (text: string) => readonly number[],
): ResolvedTemplate {
  const named = new Map<string, readonly number[]>();
  const runs: SlotRun[] = [];
  let gap: Gap = 'start';
  const parts = written.map((part): TemplatePart => {
    const isSpaced = hasSpaceBefore(part, gap);
    gap = gapBehind(part, gap);
    if (part.kind === 'prompt') runs.push(part);
    if (part.kind !== 'soft') return part;
    const { name = null, text } = part;
    const ids = named.get(name ?? '') ?? tokenize((isSpaced ? ' ' : '') + text);
    if (name !== null) named.set(name, ids);
    runs.push({ kind: 'soft', ids, name });
    return { kind: 'prompt', length: ids.length };
  });
  return { parts, runs };
}
