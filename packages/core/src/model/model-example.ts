import { exampleLength } from '../task/sequences-of.ts';
import type { Example } from '../task/task.ts';
import type { EncodedExample } from '../trainer/trainable.ts';

/** A row of a model's task, encoded for its backbone and its prompt. */
export interface ModelExample extends EncodedExample {
  readonly example: Example;
}

export function toModelExample(example: Example): ModelExample {
  return { example, length: exampleLength(example) };
}
