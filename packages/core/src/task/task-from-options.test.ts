import { describe, expect, it } from 'vitest';
import { causalLanguageModeling } from './causal-language-modeling.ts';
import { multiLabelClassification } from './multi-label-classification.ts';
import { questionAnswering } from './question-answering/question-answering.ts';
import { regression } from './regression.ts';
import { sequenceClassification } from './sequence-classification.ts';
import { sequenceToSequence } from './sequence-to-sequence.ts';
import { taskFromOptions } from './task-from-options.ts';
import { tokenClassification } from './token-classification.ts';

describe('taskFromOptions', () => {
  it.each([
    sequenceClassification({ labels: ['b', 'a'] }),
    tokenClassification({ labels: ['O', 'B-x'], name: 'slots' }),
    causalLanguageModeling({ name: 'stories' }),
    sequenceToSequence({ name: 'summaries' }),
    regression({ name: 'similarity' }),
    multiLabelClassification({ labels: ['a', 'b'], thresholds: { b: 0.2 } }),
    questionAnswering({ nullScoreThreshold: 0.5, name: 'squad' }),
  ])(
    'makes a task of kind $kind again from what a file holds of it',
    ({ kind, options, labels }) => {
      const again = taskFromOptions(kind, JSON.parse(JSON.stringify(options)));
      expect(again.kind).toBe(kind);
      expect(again.labels).toEqual(labels);
      expect(again.options).toEqual(options);
    },
  );

  it('refuses labels for a task that has none', () => {
    expect(() => taskFromOptions('sequence-to-sequence', { labels: ['a', 'b'] })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it.each([{}, { labels: 'ab' }, { labels: ['a', 'b'], label: 1 }, null])(
    'refuses the options %j',
    (options) => {
      expect(() => taskFromOptions('token-classification', options)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
    },
  );
});
