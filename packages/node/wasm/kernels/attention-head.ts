// One key head of one row of a batch, copied out of where it lies into rows of whole tiles.

import { bytesOf } from './bytes-of';
import { copyRows, turn } from './matrix-copy';
import { padded } from './small-product';

/** Queries that are worked on at once, so that their scores stay in the cache. */
export const block: i32 = 64;

/** What attention and its gradient are called with. */
@unmanaged
export class AttentionCall {
  batch: i32;
  /** Positions that ask, of a row of the batch, and positions that are looked at behind the prefix. */
  queries: i32;
  keys: i32;
  heads: i32;
  keyHeads: i32;
  headSize: i32;
  prefix: i32;
  causal: i32;
  /** Where the first head of queries, keys and values begins in its rows, in floats. */
  queryColumn: i32;
  keyColumn: i32;
  valueColumn: i32;
  /** Rows of queries, their bias or 0, and the floats of a row; the same of keys and values. */
  query: usize;
  queryBias: usize;
  queryWidth: i32;
  keyValue: usize;
  keyValueBias: usize;
  keyValueWidth: i32;
  /** `[1 or batch, keyHeads, prefix, headSize]`; floats from a row of the batch to the next, or 0. */
  prefixKeys: usize;
  prefixValues: usize;
  prefixStride: i32;
  /** `[batch, prefix + keys]`, added to the scores; or 0. */
  mask: usize;
  /** `[batch * queries, heads * headSize]`: the output, or its gradient. */
  output: usize;
  /** `[batch, heads, queries]`: logarithms of the softmax's denominators. */
  logSums: usize;
  /** Gradients of the rows, as these lie, and of the prefix, `[batch, keyHeads, prefix, headSize]`. */
  queryGradient: usize;
  keyValueGradient: usize;
  prefixKeyGradient: usize;
  prefixValueGradient: usize;
  /** For each thread {@link attentionScratch}. */
  scratch: usize;
}

/** Where a head's numbers lie in a thread's scratch. */
@unmanaged
export class Head {
  row: i32;
  head: i32;
  /** Floats of a row of a head, and of a row of scores, in whole tiles. */
  width: i32;
  length: i32;
  /** `[positions, width]`. */
  keys: usize;
  values: usize;
  keyGradient: usize;
  valueGradient: usize;
  /** `[headSize, length]`. */
  turnedKeys: usize;
  turnedValues: usize;
  /** `[block, width]`. */
  queries: usize;
  result: usize;
  dy: usize;
  /** `[block, length]`. */
  scores: usize;
  other: usize;
}

const headFloats: i32 = 16;

export function positionsOf(call: AttentionCall): i32 {
  return call.prefix + call.keys;
}

/** How many floats one thread needs. */
export function attentionScratch(headSize: i32, positions: i32): i32 {
  const width = padded(headSize);
  const length = padded(positions);
  return (
    headFloats + 4 * positions * width + 2 * headSize * length + block * (3 * width + 2 * length)
  );
}

/** Lays a thread's scratch out, all zeros: what pads a row stays so. */
export function placeHead(call: AttentionCall, thread: i32): Head {
  const positions = positionsOf(call);
  const floats = attentionScratch(call.headSize, positions);
  const start = call.scratch + bytesOf(thread * floats);
  memory.fill(start, 0, bytesOf(floats));
  const head = changetype<Head>(start);
  head.width = padded(call.headSize);
  head.length = padded(positions);
  const side = bytesOf(positions * head.width);
  const turned = bytesOf(call.headSize * head.length);
  const rows = bytesOf(block * head.width);
  head.keys = start + bytesOf(headFloats);
  head.values = head.keys + side;
  head.keyGradient = head.values + side;
  head.valueGradient = head.keyGradient + side;
  head.turnedKeys = head.valueGradient + side;
  head.turnedValues = head.turnedKeys + turned;
  head.queries = head.turnedValues + turned;
  head.result = head.queries + rows;
  head.dy = head.result + rows;
  head.scores = head.dy + rows;
  head.other = head.scores + bytesOf(block * head.length);
  return head;
}

/** Fetches the keys and values of the head at `index`, counted over batch and heads. */
export function loadHead(call: AttentionCall, head: Head, index: i32): void {
  head.row = index / call.keyHeads;
  head.head = index % call.keyHeads;
  loadPositions(call, head, call.prefixKeys, call.keyColumn, head.keys);
  loadPositions(call, head, call.prefixValues, call.valueColumn, head.values);
  turn(head.keys, head.width, positionsOf(call), call.headSize, head.turnedKeys, head.length);
}

/** Prefix first, then the row's own positions. */
function loadPositions(
  call: AttentionCall,
  head: Head,
  prefix: usize,
  column: i32,
  to: usize,
): void {
  const size = call.headSize;
  const start = head.row * call.prefixStride + head.head * call.prefix * size;
  copyRows(prefix + bytesOf(start), size, 0, call.prefix, size, 1, to, head.width);
  const first = head.row * call.keys * call.keyValueWidth + column + head.head * size;
  const bias = call.keyValueBias;
  copyRows(
    call.keyValue + bytesOf(first),
    call.keyValueWidth,
    bias ? bias + bytesOf(column + head.head * size) : 0,
    call.keys,
    size,
    1,
    to + bytesOf(call.prefix * head.width),
    head.width,
  );
}

/** Writes the gradient of a head's keys or values where prefix and rows have theirs. */
export function storePositions(
  call: AttentionCall,
  head: Head,
  gradient: usize,
  prefix: usize,
  column: i32,
): void {
  const size = call.headSize;
  const start = (head.row * call.keyHeads + head.head) * call.prefix * size;
  copyRows(gradient, head.width, 0, call.prefix, size, 1, prefix + bytesOf(start), size);
  const first = head.row * call.keys * call.keyValueWidth + column + head.head * size;
  copyRows(
    gradient + bytesOf(call.prefix * head.width),
    head.width,
    0,
    call.keys,
    size,
    1,
    call.keyValueGradient + bytesOf(first),
    call.keyValueWidth,
  );
}
