import * as z from 'zod';

/** What every classification task is made of. */
export interface TaskOptions<Label extends string = string> {
  /** In the order of the logits; at least two, each once. */
  readonly labels: readonly Label[];
  /** What messages call the task, such as `intents`. */
  readonly name?: string | undefined;
}

const label = z.string().min(1, 'A label must not be empty.');

/** The options of every classification task. */
export const taskOptionsSchema = z.strictObject({
  labels: z.array(label).min(2, 'There must be at least two labels.').superRefine(refuseTwins),
  name: z.string().optional(),
});

function refuseTwins(labels: readonly string[], context: z.RefinementCtx): void {
  for (const [place, label] of labels.entries()) {
    const first = labels.indexOf(label);
    if (first === place) continue;
    const message = `"${label}" is label ${first} already.`;
    context.addIssue({ code: 'custom', message, path: [place] });
  }
}
