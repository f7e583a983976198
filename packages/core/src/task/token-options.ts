import * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import { type ClassificationOptions, classificationSchema } from './classification-options.ts';
import { schemeOf } from './scheme-of.ts';

export interface TokenClassificationOptions<Label extends string = string>
  extends ClassificationOptions<Label> {
  /**
   * `independent`, the default, gives each word its best label. `constrained` gives a sentence the best
   * labels that the scheme can spell: no `I-x` without a `B-x` before it. For tags of IO, IOB2, IOE2,
   * IOBES and BILOU.
   */
  readonly decoding?: 'independent' | 'constrained' | undefined;
  /**
   * Trains a linear-chain CRF: scores of each label behind each, and of those that start and end a
   * sentence. Sentences get their best labels by these scores; `decoding: 'constrained'` leaves out
   * what the scheme cannot spell. False if absent.
   */
  readonly crf?: boolean | undefined;
}

const tokenSchema = classificationSchema
  .safeExtend({
    decoding: z.enum(['independent', 'constrained']).optional(),
    crf: z.boolean().optional(),
  })
  .superRefine(({ labels, decoding }, context) => {
    if (decoding !== 'constrained') return;
    if (labels.includes('O') && schemeOf(labels)) return;
    const message = 'Constrained decoding needs the tags of a scheme, such as O, B- and I-.';
    context.addIssue({ code: 'custom', message, path: ['decoding'] });
  })
  .superRefine(({ crf, decoding, labelWeights, labelSmoothing = 0 }, context) => {
    if (!crf) return;
    const refuse = (path: string, message: string): void => {
      context.addIssue({ code: 'custom', message, path: [path] });
    };
    if (decoding === 'independent') {
      refuse(
        'decoding',
        'A CRF decodes whole sentences: "constrained", or nothing. Got "independent".',
      );
    }
    const perWord = 'A CRF has a loss for each sentence, none for each word';
    if (labelWeights) refuse('labelWeights', `${perWord} that could be weighed by its label.`);
    if (labelSmoothing > 0) refuse('labelSmoothing', `${perWord} whose label could be less sure.`);
  });

/** @throws {@link PtlError} `CONFIG_INVALID`, also for tags without a scheme that are to be held to one. */
export function parseTokenOptions(options: unknown): TokenClassificationOptions {
  return parseConfig('token-classification', tokenSchema, options);
}
