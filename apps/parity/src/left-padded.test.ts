import { type Batch, collate } from '@ptl/core';
import { createTinyBackbone } from '@ptl/core/testing';
import { expect, it } from 'vitest';
import { leftPadded } from './left-padded.ts';

it('puts the padding between the virtual tokens and the text', () => {
  using backbone = createTinyBackbone();
  const seen: Batch[] = [];
  const spied = leftPadded({
    ...backbone,
    forward(batch, ...rest) {
      seen.push(batch);
      return backbone.forward(batch, ...rest);
    },
  });
  const row = (inputIds: number[]) => ({
    inputIds,
    tokenTypeIds: inputIds.map((id) => id % 2),
    slots: [0],
    truncatedTokens: 0,
  });
  const batch = collate([row([0, 5, 6, 7]), row([0, 5]), row([0, 7, 8])], 0);
  spied.forward(batch, { kind: 'virtual-tokens', embeddings: backbone.embeddingsOf([3]) });
  expect(seen[0]).toEqual({
    ...batch,
    inputIds: Int32Array.of(0, 5, 6, 7, 0, 0, 0, 5, 0, 0, 7, 8),
    attentionMask: Uint8Array.of(1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1),
    tokenTypeIds: Int32Array.of(0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0),
  });
});
