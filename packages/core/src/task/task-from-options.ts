import type { TaskKind } from '../contract/method.ts';
import { causalLanguageModeling } from './causal-language-modeling.ts';
import { parseClassificationOptions } from './classification-options.ts';
import { parseLanguageOptions } from './language-options.ts';
import type { QuestionAnsweringOptions } from './question-answering/options.ts';
import { questionAnswering } from './question-answering/question-answering.ts';
import { sequenceClassification } from './sequence-classification.ts';
import { sequenceToSequence } from './sequence-to-sequence.ts';
import type { Task } from './task.ts';
import { tokenClassification } from './token-classification.ts';
import {
  type VerbalizedClassificationOptions,
  verbalizedClassification,
} from './verbalized-classification.ts';

/**
 * Makes a task again from its kind and its {@link Task.options}, as a saved model holds them.
 *
 * @throws {@link PtlError} `CONFIG_INVALID` if the options are not those of a task.
 */
export function taskFromOptions(kind: TaskKind, options: unknown): Task {
  if (kind === 'causal-language-modeling') {
    return causalLanguageModeling(parseLanguageOptions(kind, options));
  }
  if (kind === 'sequence-to-sequence') {
    return sequenceToSequence(parseLanguageOptions(kind, options));
  }
  if (kind === 'question-answering') {
    return questionAnswering(options as QuestionAnsweringOptions); // It checks them.
  }
  if (kind === 'sequence-classification' && hasWords(options)) {
    return verbalizedClassification(options as VerbalizedClassificationOptions); // It checks them.
  }
  const parsed = parseClassificationOptions(kind, options);
  if (kind === 'sequence-classification') return sequenceClassification(parsed);
  return tokenClassification(parsed);
}

function hasWords(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'words' in options;
}
