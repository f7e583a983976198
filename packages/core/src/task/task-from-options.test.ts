import { describe, expect, it } from 'vitest';
import { questionAnswering } from './question-answering/question-answering.ts';
import { sequenceClassification } from './sequence-classification.ts';
import { taskFromOptions } from './task-from-options.ts';
import { tokenClassification } from './token-classification.ts';

describe('taskFromOptions', () => {
  it.each([
    sequenceClassification({ labels: ['b', 'a'] }),
    tokenClassification({ labels: ['O', 'B-x'], name: 'slots' }),
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

  it.each([{}, { labels: 'ab' }, { labels: ['a', 'b'], label: 1 }, null])(
    'refuses the options %j',
    (options) => {
      expect(() => taskFromOptions('token-classification', options)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }),
      );
    },
  );
});
