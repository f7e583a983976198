import { RequestError } from './request-error.ts';

/** A method's name in the forms that code needs it in. */
export interface MethodName {
  /** `low-rank-prompt`: the method, its package and files. */
  readonly kebab: string;
  /** `lowRankPrompt`: the value. */
  readonly camel: string;
  /** `LowRankPrompt`: types and classes. */
  readonly pascal: string;
}

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Longer ones make file names that some tools refuse. */
const maxLength = 64;
/** What the made files call otherwise already. */
const taken = ['defineMethod', 'describeMethodContract', 'expect', 'it', 'taskKinds'];
/** Words that no value of a module can be called. */
const reserved = (
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
  'false finally for function if implements import in instanceof interface let new null package private protected ' +
  'public return static super switch this throw true try typeof undefined var void while with yield'
).split(' ');

/** @throws {@link RequestError} if no method can be called so. */
export function parseMethodName(kebab: string): MethodName {
  if (!kebabCase.test(kebab)) {
    throw new RequestError(
      `"${kebab}" is not in kebab-case: lower-case letters, digits and single hyphens, such as "soft-prefix".`,
    );
  }
  if (kebab.length > maxLength) {
    throw new RequestError(`"${kebab}" is longer than ${maxLength} characters.`);
  }
  const pascal = kebab.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
  const camel = kebab.replace(/-([a-z0-9])/g, (_, first: string) => first.toUpperCase());
  if (reserved.includes(camel)) {
    throw new RequestError(`"${kebab}" is a word of JavaScript; no value can be called so.`);
  }
  if (taken.includes(camel)) {
    throw new RequestError(`"${kebab}" would be "${camel}" in code, which the package imports.`);
  }
  return { kebab, camel, pascal };
}
