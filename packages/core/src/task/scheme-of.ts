import type { TaggingScheme } from './metrics/tagging-scheme.ts';

/** The scheme that a set of tags is spelt in, or null if in none; `O`, `B-` and `I-` are IOB2, `O` and `I-` IO. */
export function schemeOf(labels: readonly string[]): TaggingScheme | null {
  if (!labels.every((label) => /^(O|[A-Z](-.+)?)$/.test(label))) return null;
  const candidates: readonly (readonly [TaggingScheme, string])[] = [
    ['IO', 'IO'],
    ['IOB2', 'IOB'],
    ['IOE2', 'IOE'],
    ['IOBES', 'IOBES'],
    ['BILOU', 'BILOU'],
  ];
  const spelt = candidates.find(([, prefixes]) =>
    labels.every(([prefix = '']) => prefixes.includes(prefix)),
  );
  return spelt?.[0] ?? null;
}
