/** How a scheme spells entities, after the letters of its prefixes. */
export type TaggingScheme = 'IO' | 'IOB1' | 'IOB2' | 'IOE1' | 'IOE2' | 'IOBES' | 'BILOU';

/** Holds between two neighbours if their prefixes are among the letters and their types agree so. */
export interface TransitionRule {
  readonly previous: string;
  readonly current: string;
  readonly types: 'same' | 'different' | 'any';
}

/** When a token starts an entity, continues it, or follows its last token. */
export interface SchemeRules {
  readonly prefixes: string;
  readonly starts: readonly TransitionRule[];
  readonly continues: readonly TransitionRule[];
  readonly ends: readonly TransitionRule[];
}

const anyPrefix = 'IOBESUL';

/** The rules of seqeval's schemes, its gaps in IOE1 included; it reads IO as IOB1 without a `B-`. */
export const schemeRules: Readonly<Record<TaggingScheme, SchemeRules>> = {
  IO: {
    prefixes: 'IO',
    starts: [
      { previous: 'O', current: 'I', types: 'any' },
      { previous: 'I', current: 'I', types: 'different' },
    ],
    continues: [{ previous: 'I', current: 'I', types: 'same' }],
    ends: [
      { previous: 'I', current: 'I', types: 'different' },
      { previous: 'I', current: 'O', types: 'any' },
    ],
  },
  IOB1: {
    prefixes: 'IOB',
    starts: [
      { previous: 'OB', current: 'I', types: 'any' },
      { previous: 'I', current: 'I', types: 'different' },
      { previous: 'BI', current: 'B', types: 'same' },
    ],
    continues: [{ previous: 'BI', current: 'I', types: 'same' }],
    ends: [
      { previous: 'BI', current: 'I', types: 'different' },
      { previous: 'BI', current: 'O', types: 'any' },
      { previous: 'I', current: 'B', types: 'any' },
      { previous: 'B', current: 'B', types: 'same' },
    ],
  },
  IOB2: {
    prefixes: 'IOB',
    starts: [{ previous: anyPrefix, current: 'B', types: 'any' }],
    continues: [{ previous: 'BI', current: 'I', types: 'same' }],
    ends: [
      { previous: 'BI', current: 'OB', types: 'any' },
      { previous: 'BI', current: 'I', types: 'different' },
    ],
  },
  IOE1: {
    prefixes: 'IOE',
    starts: [
      { previous: 'OE', current: 'I', types: 'any' },
      { previous: 'I', current: 'I', types: 'different' },
      { previous: 'E', current: 'E', types: 'same' },
    ],
    continues: [{ previous: 'I', current: 'IE', types: 'same' }],
    ends: [
      { previous: 'I', current: 'IE', types: 'different' },
      { previous: 'I', current: 'O', types: 'any' },
      { previous: 'E', current: 'IE', types: 'same' },
    ],
  },
  IOE2: {
    prefixes: 'IOE',
    starts: [
      { previous: 'OE', current: 'IE', types: 'any' },
      { previous: 'I', current: 'IE', types: 'different' },
    ],
    continues: [{ previous: 'I', current: 'IE', types: 'same' }],
    ends: [{ previous: 'E', current: anyPrefix, types: 'any' }],
  },
  IOBES: {
    prefixes: 'IOBES',
    starts: [{ previous: anyPrefix, current: 'BS', types: 'any' }],
    continues: [{ previous: 'BI', current: 'IE', types: 'same' }],
    ends: [{ previous: 'ES', current: anyPrefix, types: 'any' }],
  },
  BILOU: {
    prefixes: 'BILOU',
    starts: [{ previous: anyPrefix, current: 'BU', types: 'any' }],
    continues: [{ previous: 'BI', current: 'IL', types: 'same' }],
    ends: [{ previous: 'LU', current: anyPrefix, types: 'any' }],
  },
};
