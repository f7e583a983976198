import type { Backbone, Batch } from '@ptl/core';

/**
 * The same encoder-decoder, given its rows as PEFT gives them where a tokenizer pads on the left:
 * the padding stands between the virtual tokens and the text.
 */
export function leftPadded(backbone: Backbone): Backbone {
  return {
    ...backbone,
    forward: (batch, prompt, options) => backbone.forward(padLeft(batch), prompt, options),
  };
}

function padLeft(batch: Batch): Batch {
  const { size, sequence, promptLength, attentionMask } = batch;
  const order = Int32Array.from({ length: size * sequence }, (_, index) => {
    const [row, place] = [Math.floor(index / sequence), index % sequence];
    const start = row * sequence;
    if (place < promptLength) return index;
    const real = attentionMask.subarray(start, start + sequence).filter((one) => one === 1).length;
    const padding = sequence - real;
    const isPadding = place < promptLength + padding;
    return start + (isPadding ? place - promptLength + real : place - padding);
  });
  const move = <Values extends Int32Array | Uint8Array>(values: Values): Values => {
    const moved = values.slice() as Values; // A copy is of the same kind.
    for (const [index, from] of order.entries()) moved[index] = values[from] ?? 0;
    return moved;
  };
  return {
    ...batch,
    inputIds: move(batch.inputIds),
    attentionMask: move(attentionMask),
    tokenTypeIds: move(batch.tokenTypeIds),
  };
}
