// Products of matrices. Distances between values are in bytes: `row` from one row to the next, `column` from one
// column to the next.

import { bytesOf } from './bytes-of';

/** Columns of a product that are computed at once: two vectors of four floats. */
export const tileColumns: i32 = 8;

/** Rows of a product that are computed at once. */
const tileRows: i32 = 4;

/** How many floats a row of that many takes in whole tiles. */
export function padded(count: i32): i32 {
  return (count + tileColumns - 1) & -tileColumns;
}

/**
 * `c = a b`, or `c + a b`: `rows` by `depth` times `depth` by `columns`, of which there are whole tiles. Values of a row
 * of `b` and of `c` lie side by side.
 */
export function product(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  rows: i32,
  depth: i32,
  columns: i32,
  isAdded: bool,
): void {
  for (let column = 0; column < columns; column += tileColumns) {
    const right = b + bytesOf(column);
    const to = c + bytesOf(column);
    let row = 0;
    for (; row + tileRows <= rows; row += tileRows) {
      const left = a + <usize>row * aRow;
      fourRows(left, aRow, aColumn, right, bRow, to + <usize>row * cRow, cRow, depth, isAdded);
    }
    for (; row < rows; row++) {
      oneRow(a + <usize>row * aRow, aColumn, right, bRow, to + <usize>row * cRow, depth, isAdded);
    }
  }
}

function fourRows(
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
  depth: i32,
  isAdded: bool,
): void {
  const zero = f32x4.splat(0);
  let low0 = isAdded ? v128.load(c) : zero;
  let high0 = isAdded ? v128.load(c, 16) : zero;
  let low1 = isAdded ? v128.load(c + cRow) : zero;
  let high1 = isAdded ? v128.load(c + cRow, 16) : zero;
  let low2 = isAdded ? v128.load(c + 2 * cRow) : zero;
  let high2 = isAdded ? v128.load(c + 2 * cRow, 16) : zero;
  let low3 = isAdded ? v128.load(c + 3 * cRow) : zero;
  let high3 = isAdded ? v128.load(c + 3 * cRow, 16) : zero;
  let a1 = a + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  for (let p = 0; p < depth; p++) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    const left0 = v128.load_splat<f32>(a);
    low0 = f32x4.add(low0, f32x4.mul(left0, low));
    high0 = f32x4.add(high0, f32x4.mul(left0, high));
    const left1 = v128.load_splat<f32>(a1);
    low1 = f32x4.add(low1, f32x4.mul(left1, low));
    high1 = f32x4.add(high1, f32x4.mul(left1, high));
    const left2 = v128.load_splat<f32>(a2);
    low2 = f32x4.add(low2, f32x4.mul(left2, low));
    high2 = f32x4.add(high2, f32x4.mul(left2, high));
    const left3 = v128.load_splat<f32>(a3);
    low3 = f32x4.add(low3, f32x4.mul(left3, low));
    high3 = f32x4.add(high3, f32x4.mul(left3, high));
    b += bRow;
    a += aColumn;
    a1 += aColumn;
    a2 += aColumn;
    a3 += aColumn;
  }
  v128.store(c, low0);
  v128.store(c, high0, 16);
  v128.store(c + cRow, low1);
  v128.store(c + cRow, high1, 16);
  v128.store(c + 2 * cRow, low2);
  v128.store(c + 2 * cRow, high2, 16);
  v128.store(c + 3 * cRow, low3);
  v128.store(c + 3 * cRow, high3, 16);
}

function oneRow(
  a: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  c: usize,
  depth: i32,
  isAdded: bool,
): void {
  let low = isAdded ? v128.load(c) : f32x4.splat(0);
  let high = isAdded ? v128.load(c, 16) : f32x4.splat(0);
  for (let p = 0; p < depth; p++) {
    const left = v128.load_splat<f32>(a);
    low = f32x4.add(low, f32x4.mul(left, v128.load(b)));
    high = f32x4.add(high, f32x4.mul(left, v128.load(b, 16)));
    b += bRow;
    a += aColumn;
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}
