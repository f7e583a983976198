import * as z from 'zod';
import { taskOptionsSchema } from './task-options.ts';

const word = z.string().trim().min(1, 'A word must not be empty.');

/** What {@link verbalizedClassification} is made of, with its defaults filled in. */
export const verbalizerSchema = taskOptionsSchema
  .extend({
    words: z.record(
      z.string(),
      z.preprocess(
        (given) => (typeof given === 'string' ? [given] : given),
        z.array(word).min(1, 'A label needs a word.'),
      ),
    ),
    template: z.string().optional(),
    tokens: z.enum(['mean', 'first', 'masks']).default('mean'),
    verbalizer: z.enum(['words', 'soft']).default('words'),
    calibrate: z.array(z.string()).min(1, 'There must be a text.').optional(),
  })
  .superRefine(({ labels, words, tokens, verbalizer }, context) => {
    const refuse = (message: string, ...path: string[]): void =>
      context.addIssue({ code: 'custom', message, path });
    for (const label of labels) {
      if (!Object.hasOwn(words, label)) refuse(`The label "${label}" has no words.`, 'words');
    }
    for (const label of Object.keys(words)) {
      if (!labels.includes(label)) refuse(`The task has no label "${label}".`, 'words', label);
    }
    for (const [label, word, owner] of sharedWords(words)) {
      refuse(`"${word}" stands for "${owner}" already.`, 'words', label);
    }
    if (verbalizer === 'soft' && tokens === 'masks') {
      refuse('Soft words are read at one mask: use "mean" or "first".', 'tokens');
    }
  });

/** Words that stand for a second label: that label, the word, and the first one. */
function sharedWords(
  words: Readonly<Record<string, readonly string[]>>,
): (readonly [label: string, word: string, owner: string])[] {
  const owners = new Map<string, string>();
  const all = Object.entries(words).flatMap(([label, own]) =>
    own.map((word) => [label, word] as const),
  );
  return all.flatMap(([label, word]) => {
    const owner = owners.get(word) ?? label;
    owners.set(word, owner);
    return owner === label ? [] : [[label, word, owner] as const];
  });
}
