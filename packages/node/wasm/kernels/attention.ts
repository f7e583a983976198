import {
  AttentionCall,
  block,
  Head,
  loadHead,
  placeHead,
  positionsOf,
  storePositions,
} from './attention-head';
import { bytesOf } from './bytes-of';
import { copyRows, turn } from './matrix-copy';
import { product } from './small-product';
import { softmax, totalOf, weights } from './softmax';

/** Outputs and `logSums` of the key heads `[begin, end)`, counted over batch and heads. */
export function attend(address: usize, thread: i32, begin: i32, end: i32): void {
  const call = changetype<AttentionCall>(address);
  const head = placeHead(call, thread);
  const group = call.heads / call.keyHeads;
  for (let index = begin; index < end; index++) {
    loadHead(call, head, index);
    for (let member = 0; member < group; member++) {
      const queryHead = head.head * group + member;
      for (let first = 0; first < call.queries; first += block) {
        attendBlock(call, head, queryHead, first, min(block, call.queries - first));
      }
    }
  }
}

function attendBlock(
  call: AttentionCall,
  head: Head,
  queryHead: i32,
  first: i32,
  count: i32,
): void {
  const sums = logSumsOf(call, head, queryHead);
  score(call, head, queryHead, first, count);
  for (let i = 0; i < count; i++) {
    const row = rowOf(head.scores, i, head.length);
    const logSum = softmax(row, visibleFrom(call, first + i), head.length);
    store<f32>(sums + bytesOf(first + i), logSum);
  }
  const width = bytesOf(head.width);
  const length = bytesOf(head.length);
  const positions = positionsOf(call);
  product(
    head.scores,
    length,
    4,
    head.values,
    width,
    head.result,
    width,
    count,
    positions,
    head.width,
    false,
  );
  const size = call.headSize;
  const to = outputOf(call, head, queryHead, first);
  copyRows(head.result, head.width, 0, count, size, 1, to, call.heads * size);
}

/** Gradients of the same heads, of an output's gradient. */
export function attendGradient(address: usize, thread: i32, begin: i32, end: i32): void {
  const call = changetype<AttentionCall>(address);
  const head = placeHead(call, thread);
  const group = call.heads / call.keyHeads;
  const positions = positionsOf(call);
  const side = bytesOf(positions * head.width);
  for (let index = begin; index < end; index++) {
    loadHead(call, head, index);
    turn(head.values, head.width, positions, call.headSize, head.turnedValues, head.length);
    memory.fill(head.keyGradient, 0, side);
    memory.fill(head.valueGradient, 0, side);
    for (let member = 0; member < group; member++) {
      const queryHead = head.head * group + member;
      for (let first = 0; first < call.queries; first += block) {
        blockGradient(call, head, queryHead, first, min(block, call.queries - first));
      }
    }
    storePositions(call, head, head.keyGradient, call.prefixKeyGradient, call.keyColumn);
    storePositions(call, head, head.valueGradient, call.prefixValueGradient, call.valueColumn);
  }
}

function blockGradient(
  call: AttentionCall,
  head: Head,
  queryHead: i32,
  first: i32,
  count: i32,
): void {
  const sums = logSumsOf(call, head, queryHead);
  const positions = positionsOf(call);
  const size = call.headSize;
  score(call, head, queryHead, first, count);
  for (let i = 0; i < count; i++) {
    const row = rowOf(head.scores, i, head.length);
    const logSum = load<f32>(sums + bytesOf(first + i));
    weights(row, visibleFrom(call, first + i), head.length, logSum);
  }
  const dy = outputOf(call, head, queryHead, first);
  copyRows(dy, call.heads * size, 0, count, size, 1, head.dy, head.width);
  const width = bytesOf(head.width);
  const length = bytesOf(head.length);
  product(
    head.scores,
    4,
    length,
    head.dy,
    width,
    head.valueGradient,
    width,
    positions,
    count,
    head.width,
    true,
  );
  scoreGradient(call, head, count);
  product(
    head.other,
    4,
    length,
    head.queries,
    width,
    head.keyGradient,
    width,
    positions,
    count,
    head.width,
    true,
  );
  product(
    head.other,
    length,
    4,
    head.keys,
    width,
    head.result,
    width,
    count,
    positions,
    head.width,
    false,
  );
  const row = head.row * call.queries + first;
  const at = row * call.queryWidth + call.queryColumn + queryHead * size;
  const to = call.queryGradient + bytesOf(at);
  copyRows(head.result, head.width, 0, count, size, factorOf(call), to, call.queryWidth);
}

/** Masked scores of a block of queries. */
function score(call: AttentionCall, head: Head, queryHead: i32, first: i32, count: i32): void {
  const size = call.headSize;
  const column = call.queryColumn + queryHead * size;
  const at = (head.row * call.queries + first) * call.queryWidth + column;
  const bias = call.queryBias ? call.queryBias + bytesOf(column) : 0;
  const from = call.query + bytesOf(at);
  copyRows(from, call.queryWidth, bias, count, size, factorOf(call), head.queries, head.width);
  const length = bytesOf(head.length);
  product(
    head.queries,
    bytesOf(head.width),
    4,
    head.turnedKeys,
    length,
    head.scores,
    length,
    count,
    size,
    head.length,
    false,
  );
  if (!call.mask) return;
  const positions = positionsOf(call);
  const mask = call.mask + bytesOf(head.row * positions);
  for (let i = 0; i < count; i++) {
    const row = rowOf(head.scores, i, head.length);
    for (let at: usize = 0, end = bytesOf(positions); at < end; at += 4) {
      store<f32>(row + at, load<f32>(row + at) + load<f32>(mask + at));
    }
  }
}

/** `other = W (dW - Σ dW W)` of a block, where `scores` hold the weights W and `dW = dy Vᵀ`. */
function scoreGradient(call: AttentionCall, head: Head, count: i32): void {
  const length = bytesOf(head.length);
  const width = bytesOf(head.width);
  product(
    head.dy,
    width,
    4,
    head.turnedValues,
    length,
    head.other,
    length,
    count,
    call.headSize,
    head.length,
    false,
  );
  for (let i = 0; i < count; i++) {
    const weight = rowOf(head.scores, i, head.length);
    const gradient = rowOf(head.other, i, head.length);
    for (let at: usize = 0; at < length; at += 16) {
      v128.store(gradient + at, f32x4.mul(v128.load(gradient + at), v128.load(weight + at)));
    }
    const inner = f32x4.splat(totalOf(gradient, head.length));
    for (let at: usize = 0; at < length; at += 16) {
      const part = f32x4.mul(v128.load(weight + at), inner);
      v128.store(gradient + at, f32x4.sub(v128.load(gradient + at), part));
    }
  }
}

function factorOf(call: AttentionCall): f32 {
  return <f32>1 / sqrt<f32>(<f32>call.headSize);
}

/** How many positions the query at that place sees: all, or with a causal mask those up to its own. */
function visibleFrom(call: AttentionCall, query: i32): i32 {
  const positions = positionsOf(call);
  return call.causal ? min(positions, positions - call.queries + query + 1) : positions;
}

function rowOf(rows: usize, row: i32, length: i32): usize {
  return rows + bytesOf(row * length);
}

function logSumsOf(call: AttentionCall, head: Head, queryHead: i32): usize {
  return call.logSums + bytesOf((head.row * call.heads + queryHead) * call.queries);
}

function outputOf(call: AttentionCall, head: Head, queryHead: i32, first: i32): usize {
  const row = head.row * call.queries + first;
  return call.output + bytesOf((row * call.heads + queryHead) * call.headSize);
}
