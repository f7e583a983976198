import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realPositions } from './real-positions.ts';

/** Slots of up to four rows of one length. */
const layouts = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
  .chain(([promptLength, real]) => {
    const all = Array.from({ length: promptLength + real }, (_, position) => position);
    const slots = fc.subarray(all, { minLength: promptLength, maxLength: promptLength });
    const rows = fc.array(slots, { minLength: 1, maxLength: 4 });
    return fc.record({ promptLength: fc.constant(promptLength), all: fc.constant(all), rows });
  });

describe('realPositions', () => {
  it('skips the slots of each row', () => {
    const slots = Int32Array.of(1, 2, 0, 4);
    expect(realPositions({ size: 2, sequence: 5, promptLength: 2, slots })).toEqual({
      sequence: 3,
      gather: Int32Array.of(0, 3, 4, 1, 2, 3),
      inverse: Int32Array.of(0, -1, -1, 1, 2, -1, 0, 1, 2, -1),
    });
  });

  it('leads each position that is no slot to a place of its own and back', () => {
    fc.assert(
      fc.property(layouts, ({ promptLength, all, rows }) => {
        const slots = Int32Array.from(rows.flat());
        const sequence = all.length;
        const real = realPositions({ size: rows.length, sequence, promptLength, slots });
        const others = rows.map((row) => all.filter((position) => !row.includes(position)));
        expect([...real.gather]).toEqual(others.flat());
        const places = others.map((row) => all.map((position) => row.indexOf(position)));
        expect([...real.inverse]).toEqual(places.flat());
        expect(real.sequence).toBe(sequence - promptLength);
      }),
    );
  });
});
