import { PtlError } from '../../contract/errors.ts';
import { invalidOption } from '../../contract/invalid-option.ts';
import { suggestName } from '../../contract/nearest.ts';
import { schemeRules, type TaggingScheme } from '../metrics/tagging-scheme.ts';
import { readEntities } from './read-entities.ts';
import { spellEntities } from './spell-entities.ts';

/** Other names of schemes. */
const aliases = { BIO: 'IOB2', BIOES: 'IOBES' } as const;

export interface ConvertTagsOptions {
  /** The scheme that the tags are spelt in. */
  readonly from: TaggingScheme | keyof typeof aliases;
  readonly to: TaggingScheme | keyof typeof aliases;
  /**
   * Reads tags that the scheme does not spell so, such as an `I-` without a `B-`, as conlleval does: a
   * run of one type is an entity. They are refused if absent.
   */
  readonly repair?: boolean | undefined;
}

/**
 * Spells the entities of a sentence in another scheme.
 *
 * All schemes but IO tell two entities of one type apart that stand side by side: to IO, which makes one
 * of the two, something may be lost; between all others nothing is. Tags without a type, such as `B`
 * and `I`, stay so.
 *
 * @returns As many tags as were given.
 * @throws {@link PtlError} `ROW_INVALID`, with the word, if a tag is not of the scheme, or does not stand
 *   where the scheme would have it and `repair` is not set; `CONFIG_INVALID` for an unknown scheme.
 */
export function convertTags(
  tags: readonly string[],
  { from, to, repair = false }: ConvertTagsOptions,
): string[] {
  const [source, target] = [schemeNamed(from, 'from'), schemeNamed(to, 'to')];
  const entities = readEntities(tags, source);
  if (!repair) requireSpelt(tags, spellEntities(entities, tags.length, source), source);
  return spellEntities(entities, tags.length, target);
}

function schemeNamed(name: ConvertTagsOptions['from'], option: 'from' | 'to'): TaggingScheme {
  const scheme = name in aliases ? aliases[name as keyof typeof aliases] : name; // It is a key.
  if (Object.hasOwn(schemeRules, scheme)) return scheme as TaggingScheme; // As above.
  const known = [...Object.keys(schemeRules), ...Object.keys(aliases)];
  const message = `There is no scheme "${name}".${suggestName(name, known)} Known: ${known.join(', ')}.`;
  throw invalidOption('convertTags', option, message);
}

function requireSpelt(
  tags: readonly string[],
  spelt: readonly string[],
  scheme: TaggingScheme,
): void {
  const place = tags.findIndex((tag, index) => tag !== spelt[index]);
  if (place < 0) return;
  const reason = `${scheme} has "${spelt[place]}" where word ${place} has "${tags[place]}"`;
  const message = `${reason}. { repair: true } reads such tags as conlleval does.`;
  throw new PtlError('ROW_INVALID', message, { row: place, reason });
}
