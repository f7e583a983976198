import { isPtlError } from '../contract/errors.ts';
import { parseTemplate } from './template.ts';

/** What is wrong with a method's template, for the schema of a config; null where nothing is. */
export function templateProblem(template: string): string | null {
  try {
    parseTemplate(template);
    return null;
  } catch (error) {
    if (isPtlError(error, 'TEMPLATE_INVALID')) return error.message.replace(/^\[\w+\] /, '');
    throw error;
  }
}
