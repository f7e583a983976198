import * as z from 'zod';
import { parseConfig } from '../contract/config-schema.ts';
import { type ClassificationOptions, classificationSchema } from './classification-options.ts';
import { schemeOf } from './scheme-of.ts';

export interface TokenClassificationOptions<Label extends string = string>
  extends ClassificationOptions<Label> {
  /**
   * `independent`, the default, gives each word its best label. `constrained` gives a sentence the best
   * labels that the scheme can spell: no `I-x` without a `B-x` before it. For tags of IOB2, IOE2,
   * IOBES and BILOU.
   */
  readonly decoding?: 'independent' | 'constrained' | undefined;
}

const tokenSchema = classificationSchema
  .safeExtend({ decoding: z.enum(['independent', 'constrained']).optional() })
  .superRefine(({ labels, decoding }, context) => {
    if (decoding !== 'constrained') return;
    if (labels.includes('O') && schemeOf(labels)) return;
    const message = 'Constrained decoding needs the tags of a scheme, such as O, B- and I-.';
    context.addIssue({ code: 'custom', message, path: ['decoding'] });
  });

/** @throws {@link PtlError} `CONFIG_INVALID`, also for tags without a scheme that are to be held to one. */
export function parseTokenOptions(options: unknown): TokenClassificationOptions {
  return parseConfig('token-classification', tokenSchema, options);
}
