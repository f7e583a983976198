import { Kernel } from './compute';
import { Pool, parallel } from './parallel';

export { attentionScratch } from './attention-head';
export { productScratch, productTiles } from './batch-product';
export { work } from './parallel';

// Each computes all units of a call: rows, columns, tiles or heads, as its module says.

export function addNorm(pool: Pool, call: usize, units: i32, grain: i32): void {
  parallel(pool, Kernel.addNorm, call, units, grain);
}

export function addNormGradient(pool: Pool, call: usize, units: i32, grain: i32): void {
  parallel(pool, Kernel.addNormGradient, call, units, grain);
}

export function attention(pool: Pool, call: usize, units: i32, grain: i32): void {
  parallel(pool, Kernel.attention, call, units, grain);
}

export function attentionGradient(pool: Pool, call: usize, units: i32, grain: i32): void {
  parallel(pool, Kernel.attentionGradient, call, units, grain);
}

export function batchProduct(pool: Pool, call: usize, units: i32, grain: i32): void {
  parallel(pool, Kernel.batchProduct, call, units, grain);
}

export function gelu(pool: Pool, call: usize, units: i32, grain: i32): void {
  parallel(pool, Kernel.gelu, call, units, grain);
}

export function geluGradient(pool: Pool, call: usize, units: i32, grain: i32): void {
  parallel(pool, Kernel.geluGradient, call, units, grain);
}

export function sumRows(pool: Pool, call: usize, units: i32, grain: i32): void {
  parallel(pool, Kernel.sumRows, call, units, grain);
}
