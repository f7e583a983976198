import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  cloze,
  clozePattern,
  createModel,
  loadBackbone,
  parseFacts,
  parsePatterns,
  singleTokenWords,
  vocabularyWords,
} from '@ptl/core';
import { findModel } from '@ptl/node';
import { describe, expect, it } from 'vitest';
import { useTestEngine } from '../use-test-engine.ts';

const path = await findModel('smollm2-135m');
const absent = 'the model is not in the cache; loadBackbone("smollm2-135m") puts it there';
/** From where @ptl/node is found. */
const from = fileURLToPath(new URL('.', import.meta.url));
// Open data beside a checkout; a clone alone does not have it.
const shared = fileURLToPath(new URL('../../../../shared/data/pararel/', import.meta.url));

const capitals = [
  ['France', 'Paris'],
  ['Italy', 'Rome'],
  ['Germany', 'Berlin'],
  ['Spain', 'Madrid'],
  ['Japan', 'Tokyo'],
  ['Russia', 'Moscow'],
  ['Egypt', 'Cairo'],
  ['England', 'London'],
].map(([text = '', object = '']) => ({ text, object }));

describe('SmolLM2-135M', () => {
  it('finds capitals among the words of its vocabulary by a manual prompt', async (context) => {
    if (path === undefined) return context.skip(absent);
    await useTestEngine('tensorflow', context);
    using backbone = await loadBackbone(path, { from });
    const place = { tokenizer: backbone.tokenizer };
    const candidates = vocabularyWords(place);
    expect(candidates.length).toBeGreaterThan(20_000);
    expect(singleTokenWords(candidates.slice(0, 99), place)).toEqual(candidates.slice(0, 99));
    const scoresOf = async (template: string) => {
      using model = createModel({ backbone, task: cloze({ candidates, template }) });
      return (await model.evaluate(capitals)).scores;
    };
    const asked = await scoresOf('The capital of {text} is {mask}');
    const other = await scoresOf('{text} is known for its {mask}');
    expect(asked['precisionAt10']).toBeGreaterThanOrEqual(0.75);
    expect(asked['meanReciprocalRank']).toBeGreaterThan(4 * (other['meanReciprocalRank'] ?? 1));
  }, 300_000);
});

describe('the files of ParaRel', () => {
  const missing = !existsSync(shared);
  const because = missing ? ' (skipped: the folder is not there)' : '';

  it.skipIf(missing)(`are read, and their patterns are templates${because}`, () => {
    const linesOf = (folder: string) =>
      readdirSync(join(shared, folder)).map((file) => {
        const text = readFileSync(join(shared, folder, file), 'utf8');
        return { file, text, lines: text.split('\n').filter((line) => line.trim() !== '').length };
      });
    const facts = linesOf('trex_lms_vocab');
    expect(facts.length).toBeGreaterThan(40);
    for (const { file, text, lines } of facts)
      expect(parseFacts(text, { file }).rows).toHaveLength(lines);
    for (const { file, text, lines } of linesOf('pattern_data/graphs_json')) {
      const { rows: patterns } = parsePatterns(text, { file });
      expect(patterns).toHaveLength(lines);
      for (const { pattern } of patterns)
        expect(() =>
          cloze({ candidates: ['a', 'b'], template: clozePattern(pattern) ?? '' }),
        ).not.toThrow();
    }
  });
});
