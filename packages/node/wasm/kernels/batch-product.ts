import { bytesOf } from './bytes-of';
import { copyRows, turn } from './matrix-copy';
import { product, tileColumns } from './small-product';

/** What a batch of products is called with: `c = a b` for each of its matrices. */
@unmanaged
class BatchProduct {
  /** `[1 or matrices, rows, depth]`, or where it is turned `[1 or matrices, depth, rows]`. */
  a: usize;
  /** Floats from a matrix to the next, 0 where there is one for all. */
  aStride: i32;
  isTurnedA: i32;
  /** `[1 or matrices, depth, columns]`, or where it is turned `[1 or matrices, columns, depth]`. */
  b: usize;
  bStride: i32;
  isTurnedB: i32;
  /** `[matrices, rows, columns]`. */
  c: usize;
  rows: i32;
  depth: i32;
  columns: i32;
  /** For each thread {@link productScratch} floats. */
  scratch: usize;
}

/** Of a matrix's rows of `b` so many are multiplied with at once, so that they stay in the cache. */
const depthBlock: i32 = 512;

/** How many floats one thread needs. */
export function productScratch(rows: i32, depth: i32, isTurnedA: i32): i32 {
  return (min(depth, depthBlock) + rows) * tileColumns + (isTurnedA ? rows * depth : 0);
}

/** How many units a matrix has: one for each tile of columns. */
export function productTiles(columns: i32): i32 {
  return (columns + tileColumns - 1) / tileColumns;
}

/** The tiles `[begin, end)`, counted over all matrices. */
export function batchProduct(address: usize, thread: i32, begin: i32, end: i32): void {
  const call = changetype<BatchProduct>(address);
  const floats = productScratch(call.rows, call.depth, call.isTurnedA);
  const panel = call.scratch + bytesOf(thread * floats);
  const apart = panel + bytesOf(min(call.depth, depthBlock) * tileColumns);
  const turned = apart + bytesOf(call.rows * tileColumns);
  const tiles = productTiles(call.columns);
  let last = -1;
  for (let unit = begin; unit < end; unit++) {
    const matrix = unit / tiles;
    let a = call.a + bytesOf(matrix * call.aStride);
    if (call.isTurnedA) {
      if (matrix !== last) turn(a, call.rows, call.depth, call.rows, turned, call.depth);
      a = turned;
    }
    last = matrix;
    multiplyTile(call, matrix, (unit % tiles) * tileColumns, a, panel, apart);
  }
}

function multiplyTile(
  call: BatchProduct,
  matrix: i32,
  column: i32,
  a: usize,
  panel: usize,
  apart: usize,
): void {
  const count = min(tileColumns, call.columns - column);
  const isWhole = count === tileColumns;
  const start = matrix * call.rows * call.columns + column;
  const c = call.c + bytesOf(start);
  const to = isWhole ? c : apart;
  const toWidth = isWhole ? call.columns : tileColumns;
  const panelRow = bytesOf(tileColumns);
  const aRow = bytesOf(call.depth);
  for (let first = 0; first < call.depth || first === 0; first += depthBlock) {
    const depth = min(depthBlock, call.depth - first);
    pack(call, matrix, first, depth, column, count, panel);
    const left = a + bytesOf(first);
    const toRow = bytesOf(toWidth);
    const isAdded = first > 0;
    product(left, aRow, 4, panel, panelRow, to, toRow, call.rows, depth, tileColumns, isAdded);
  }
  if (!isWhole) copyRows(apart, tileColumns, 0, call.rows, count, 1, c, call.columns);
}

/** Copies columns of `b` into rows as long as a tile, with zeros where there are none. */
function pack(
  call: BatchProduct,
  matrix: i32,
  first: i32,
  depth: i32,
  column: i32,
  count: i32,
  to: usize,
): void {
  const b = call.b + bytesOf(matrix * call.bStride);
  if (count < tileColumns) memory.fill(to, 0, bytesOf(depth * tileColumns));
  if (call.isTurnedB) {
    const from = b + bytesOf(column * call.depth + first);
    turn(from, call.depth, count, depth, to, tileColumns);
    return;
  }
  const from = b + bytesOf(first * call.columns + column);
  copyRows(from, call.columns, 0, depth, count, 1, to, tileColumns);
}
