import { readFileSync } from 'node:fs';
import { createTokenizer } from './create-tokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';

/** The tokenizer of a tiny checkpoint in `fixtures/backbones`, for tests. */
export function loadFixtureTokenizer(family: 'bert' | 'roberta' | 'distilbert'): Tokenizer {
  const folder = new URL(`../../fixtures/backbones/${family}/`, import.meta.url);
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  return createTokenizer(read('tokenizer.json'), read('tokenizer_config.json'), 'tokenizer.json');
}
