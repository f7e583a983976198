import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../scripts/test/options.mjs';

describe('the options of npm test', () => {
  it('select every section when nothing is asked for', () => {
    expect(parseOptions([]).sections).toEqual(['lint', 'types', 'unit', 'packages']);
  });

  it('keep the order of the sections whatever the order they are named in', () => {
    expect(parseOptions(['--only', 'unit,lint']).sections).toEqual(['lint', 'unit']);
  });

  it('turn a path into a filter of the unit tests alone', () => {
    expect(parseOptions(['packages/core'])).toMatchObject({
      sections: ['unit'],
      filters: ['packages/core'],
    });
  });

  it('name the sections that exist when one does not', () => {
    expect(() => parseOptions(['--only', 'unti'])).toThrow(/"unti".*lint, types, unit, packages/);
  });
});
