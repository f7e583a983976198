import type { TaggedRow, TextRow } from '@ptl/core';

import { readWinkFile } from './wink-file.ts';

/** An entity of a question, by the corpus' own tokens. */
interface CorpusEntity {
  readonly entity: string;
  /** Index of the first token. */
  readonly start: number;
  /** Index of the last token. */
  readonly stop: number;
  readonly text: string;
}

interface CorpusSentence {
  readonly text: string;
  readonly intent: string;
  readonly entities: readonly CorpusEntity[];
  /** Whether the official split has it in train. */
  readonly training: boolean;
}

/** A part of the corpus by the official split. */
export type CorpusPart = 'train' | 'test';

/**
 * Reads the Chatbot Corpus: questions about public transport in Munich, 100 for training and 106
 * for testing.
 *
 * @see Braun et al., Evaluating Natural Language Understanding Services for Conversational Question
 * Answering Systems, 2017.
 */
export async function loadChatbotCorpus(): Promise<readonly CorpusSentence[]> {
  // The package is pinned to one version, and a test looks at every row of its file.
  const corpus = (await readWinkFile('chatbot')) as {
    readonly sentences: readonly CorpusSentence[];
  };
  return corpus.sentences;
}

export function sentencesOf(
  corpus: readonly CorpusSentence[],
  part: CorpusPart,
): readonly CorpusSentence[] {
  return corpus.filter(({ training }) => training === (part === 'train'));
}

export function toIntentRow({ text, intent }: CorpusSentence): TextRow {
  return { text, label: intent };
}

/** A tagged question, and the entities that its tags leave out. */
export interface SlotRow {
  readonly row: TaggedRow;
  /** Entities whose text is not what their tokens spell, or that overlap another. */
  readonly unaligned: readonly CorpusEntity[];
}

/** Spells the entities of a question as BIO tags over the corpus' own tokens. */
export function toSlotRow({ text, entities }: CorpusSentence): SlotRow {
  const tokens = tokenize(text);
  const tags = tokens.map(() => 'O');
  const unaligned = entities.filter((entity) => !tagEntity(tags, tokens, entity));
  return { row: { tokens, tags }, unaligned };
}

/** The corpus' tokens: runs of letters and digits, and every other character by itself. */
function tokenize(text: string): string[] {
  return text.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu) ?? [];
}

function tagEntity(tags: string[], tokens: readonly string[], entity: CorpusEntity): boolean {
  const { entity: type, start, stop, text } = entity;
  if (start > stop || stop >= tokens.length) return false;
  const spelt = tokens.slice(start, stop + 1).join('');
  const free = tags.slice(start, stop + 1).every((tag) => tag === 'O');
  if (!free || spelt !== text.replaceAll(/\s/g, '')) return false;
  for (let index = start; index <= stop; index++) {
    tags[index] = `${index === start ? 'B' : 'I'}-${type}`;
  }
  return true;
}
