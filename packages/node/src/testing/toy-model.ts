import type { ModelWheel } from '../models/model-wheels.ts';
import { toyEngine } from './toy-engine.ts';

/** The toy wheel, with its library standing for a model of so many bytes. */
export function toyModel(bytes = 1000): { readonly source: ModelWheel; readonly content: Buffer } {
  const { wheel, content } = toyEngine(bytes);
  const model = 'toy/libtoy.so.1';
  return { source: { wheel: { ...wheel, take: [model] }, model, bytes }, content };
}
