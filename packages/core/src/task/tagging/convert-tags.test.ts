import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lenientEntities } from '../metrics/lenient-entities.ts';
import { strictEntities } from '../metrics/strict-entities.ts';
import type { TaggingScheme } from '../metrics/tagging-scheme.ts';
import { type ConvertTagsOptions, convertTags } from './convert-tags.ts';
import { readEntities } from './read-entities.ts';
import { spellEntities } from './spell-entities.ts';

const schemes = ['IO', 'IOB1', 'IOB2', 'IOE1', 'IOE2', 'IOBES', 'BILOU'] as const;
const lossless = schemes.filter((scheme) => scheme !== 'IO');

/** Entities of a sentence, some side by side, and its length. */
const sentence = fc
  .array(
    fc.record({
      gap: fc.nat(2),
      length: fc.integer({ min: 1, max: 3 }),
      type: fc.constantFrom('X', 'Y', 'a-b'),
    }),
    { maxLength: 5 },
  )
  .map((drawn) => {
    let place = 0;
    const entities = drawn.map(({ gap, length, type }) => {
      const start = place + gap;
      place = start + length;
      return { type, start, end: place };
    });
    return { entities, length: place + 1 };
  });

describe('convertTags', () => {
  // Two entities X side by side, a longer one, and a Y behind it.
  it.each([
    ['IO', 'I-X I-X O I-X I-X I-X I-Y'],
    ['IOB1', 'I-X B-X O I-X I-X I-X I-Y'],
    ['IOB2', 'B-X B-X O B-X I-X I-X B-Y'],
    ['BIO', 'B-X B-X O B-X I-X I-X B-Y'],
    ['IOE1', 'E-X I-X O I-X I-X I-X I-Y'],
    ['IOE2', 'E-X E-X O I-X I-X E-X E-Y'],
    ['IOBES', 'S-X S-X O B-X I-X E-X S-Y'],
    ['BIOES', 'S-X S-X O B-X I-X E-X S-Y'],
    ['BILOU', 'U-X U-X O B-X I-X L-X U-Y'],
  ] as const)('spells entities in %s', (to, expected) => {
    const tags = 'S-X S-X O B-X I-X E-X S-Y'.split(' ');
    expect(convertTags(tags, { from: 'IOBES', to })).toEqual(expected.split(' '));
  });

  it('gives back what it was given, from any scheme but IO to any other', () => {
    fc.assert(
      fc.property(
        sentence,
        fc.constantFrom(...lossless),
        fc.constantFrom(...lossless),
        ({ entities, length }, from, to) => {
          const tags = spellEntities(entities, length, from);
          const other = convertTags(tags, { from, to });
          expect(readEntities(other, to)).toEqual(entities);
          expect(convertTags(other, { from: to, to: from })).toEqual(tags);
        },
      ),
      { seed: 1 },
    );
  });

  it('makes one of neighbours of one type in IO, and keeps all words', () => {
    fc.assert(
      fc.property(sentence, fc.constantFrom(...lossless), ({ entities, length }, from) => {
        const tags = spellEntities(entities, length, from);
        const merged = convertTags(tags, { from, to: 'IO' });
        expect(merged.map((tag) => tag.slice(1))).toEqual(tags.map((tag) => tag.slice(1)));
        const apart = convertTags(merged, { from: 'IO', to: 'IOB2' });
        const borders = apart.filter(
          (tag, at) => tag.startsWith('B-') && apart[at - 1]?.slice(1) === tag.slice(1),
        );
        expect(borders).toEqual([]);
      }),
      { seed: 2 },
    );
  });

  // Both readings are held to seqeval's by stored results, see entity-scores.test.ts.
  it.each(['IO', 'IOB1', 'IOB2', 'IOE2', 'IOBES', 'BILOU'] as const)(
    'spells what seqeval reads strictly in %s',
    (scheme) => {
      fc.assert(
        fc.property(sentence, ({ entities, length }) => {
          const tags = spellEntities(entities, length, scheme);
          expect(strictEntities(tags, scheme, 0)).toEqual(readEntities(tags, scheme));
          // Seqeval knows no IO, but reads its tags as IOB1.
          if (scheme === 'IO')
            expect(strictEntities(tags, 'IOB1', 0)).toEqual(readEntities(tags, scheme));
        }),
        { seed: 3 },
      );
    },
  );

  it.each(['IOB1', 'IOB2', 'IOE1', 'IOE2', 'IOBES'] as const)(
    'spells what seqeval reads by default in %s',
    (scheme) => {
      fc.assert(
        fc.property(sentence, ({ entities, length }) => {
          expect(lenientEntities(spellEntities(entities, length, scheme))).toEqual(entities);
        }),
        { seed: 4 },
      );
    },
  );

  it('reads what is not spelt as the scheme has it as conlleval does, if it is asked to', () => {
    const tag = fc.constantFrom('O', 'B-X', 'I-X', 'B-Y', 'I-Y');
    fc.assert(
      fc.property(fc.array(tag), (tags) => {
        const repaired = convertTags(tags, { from: 'BIO', to: 'BIO', repair: true });
        expect(strictEntities(repaired, 'IOB2', 0)).toEqual(lenientEntities(tags));
      }),
      { seed: 5 },
    );
  });

  it('keeps bare prefixes bare', () => {
    expect(convertTags(['B', 'I', 'B', 'O'], { from: 'BIO', to: 'BIOES' })).toEqual([
      'B',
      'E',
      'S',
      'O',
    ]);
    expect(convertTags([], { from: 'BIO', to: 'IO' })).toEqual([]);
  });

  it.each([
    ['IOB2', 'O I-X', 'IOB2 has "B-X" where word 1 has "I-X". { repair: true } reads'],
    ['IOB2', 'B-X I-Y', 'IOB2 has "B-Y" where word 1 has "I-Y"'],
    ['IOBES', 'B-X O', 'IOBES has "S-X" where word 0 has "B-X"'],
    ['IOB1', 'B-X O', 'IOB1 has "I-X" where word 0 has "B-X"'],
    ['IO', 'B-X', 'The tag "B-X" of word 0 is not of the scheme IO. Its tags: I-, O'],
    ['IOB2', 'O b-X', 'The tag "b-X" of word 1 is not of the scheme IOB2. Its tags: I-, O, B-'],
    ['IOB2', 'O-X', 'The tag "O-X" of word 0 is not'],
    ['IOB2', 'B-', 'The tag "B-" of word 0 is not'],
  ] as const)('refuses in %s the tags %s', (from, tags, reason) => {
    const convert = () => convertTags(tags.split(' '), { from, to: 'BILOU' });
    expect(convert).toThrow(expect.objectContaining({ code: 'ROW_INVALID' }));
    expect(convert).toThrow(reason);
  });

  it('suggests the nearest scheme for an unknown one', () => {
    const options = { from: 'BIOS', to: 'IO' } as unknown as ConvertTagsOptions; // As JavaScript may call it.
    expect(() => convertTags([], options)).toThrow(
      /CONFIG_INVALID.*from: There is no scheme "BIOS". Did you mean "BIO/s,
    );
    const scheme: TaggingScheme = 'IO';
    expect(() => convertTags([], { from: scheme, to: 'toString' as TaggingScheme })).toThrow(
      /to: There is no/,
    );
  });
});
