import type { TaskKind } from '../contract/method.ts';
import { isRecord } from '../tokenizer/tokenizer-file.ts';
import { causalLanguageModeling } from './causal-language-modeling.ts';
import { parseClassificationOptions } from './classification-options.ts';
import { cloze } from './cloze/cloze.ts';
import type { ClozeOptions } from './cloze/options.ts';
import { parseLanguageOptions } from './language-options.ts';
import { type MultiLabelOptions, multiLabelClassification } from './multi-label-classification.ts';
import { type MultipleChoiceOptions, multipleChoice } from './multiple-choice/multiple-choice.ts';
import type { QuestionAnsweringOptions } from './question-answering/options.ts';
import { questionAnswering } from './question-answering/question-answering.ts';
import { type RegressionOptions, regression } from './regression.ts';
import { sequenceClassification } from './sequence-classification.ts';
import { sequenceToSequence } from './sequence-to-sequence.ts';
import type { Task } from './task.ts';
import { tokenClassification } from './token-classification.ts';
import { parseTokenOptions } from './token-options.ts';
import {
  type VerbalizedClassificationOptions,
  verbalizedClassification,
} from './verbalized-classification.ts';
import type { WordInContextOptions } from './word-in-context/options.ts';
import { wordInContext } from './word-in-context/word-in-context.ts';

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
  if (kind === 'multiple-choice') {
    return multipleChoice(options as MultipleChoiceOptions); // It checks them.
  }
  if (kind === 'sequence-classification') return sequenceTask(kind, options);
  return tokenClassification(parseTokenOptions(options));
}

/** The tasks of whole rows, each of which checks its options. */
function sequenceTask(kind: 'sequence-classification', options: unknown): Task {
  if (fieldOf(options, 'words') !== undefined) {
    return verbalizedClassification(options as VerbalizedClassificationOptions);
  }
  const problem = fieldOf(options, 'problemType');
  if (problem === 'cloze') return cloze(options as ClozeOptions);
  if (problem === 'regression') return regression(options as RegressionOptions);
  if (problem === 'multi_label_classification') {
    return multiLabelClassification(options as MultiLabelOptions);
  }
  if (problem === 'word_in_context') return wordInContext(options as WordInContextOptions);
  return sequenceClassification(parseClassificationOptions(kind, options));
}

function fieldOf(options: unknown, name: 'words' | 'problemType'): unknown {
  return isRecord(options) ? options[name] : undefined;
}
