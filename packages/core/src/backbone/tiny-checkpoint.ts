import { fileURLToPath } from 'node:url';
import { readJson } from '../files/read-file.ts';
import { hashedWeights } from '../testing/hashed-weights.ts';
import { createTinyTokenizer } from '../testing/tiny-tokenizer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Backbone } from './backbone.ts';
import { createBackbone } from './create-backbone.ts';
import { decoderParameters } from './decoder/decoder-parameters.ts';
import { decoderConfigs } from './decoder-case.ts';
import { readDecoder, readEncoder } from './families.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

export interface TinyCheckpoint {
  /** A folder of `fixtures`, or the name of a decoder in `decoders.json`. */
  readonly source: string;
  /** Fields of its config that differ. */
  readonly changes: object;
  /** What a task model adds to the transformer. */
  readonly head: Shapes;
  /** One of ten words and the letters if absent. */
  readonly tokenizer?: Tokenizer;
}

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** A transformer of the fixtures as a task model holds it, with weights hashed from their names. */
export async function loadTinyCheckpoint(checkpoint: TinyCheckpoint): Promise<Backbone> {
  const { source, changes, head } = checkpoint;
  const isDecoder = Object.hasOwn(decoderConfigs, source);
  const given = isDecoder
    ? decoderConfigs[source]
    : await readJson(`${fixtures}/${source}/config.json`);
  const config = { ...(given as object), ...changes }; // As written.
  const { checkpointPrefix } = (isDecoder ? readDecoder : readEncoder)(config, source);
  const shapes = new Map(Object.entries(head));
  for (const [name, shape] of await transformerShapes(source, config, isDecoder)) {
    shapes.set(checkpointPrefix + name.replace(checkpointPrefix, ''), shape);
  }
  const { tokenizer = createTinyTokenizer() } = checkpoint;
  return createBackbone({ id: source, config, weights: hashedWeights(shapes), tokenizer });
}

async function transformerShapes(source: string, config: object, isDecoder: boolean) {
  if (!isDecoder)
    return Object.entries((await readJson(`${fixtures}/${source}/shapes.json`)) as Shapes);
  const parameters = decoderParameters(readDecoder(config, source), () => false);
  return parameters.map(({ name, shape }) => [name, shape] as const);
}
