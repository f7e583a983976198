import { toFloat32 } from '../stored-tensor.ts';
import type { GgufTensor } from './gguf-file.ts';
import { type DequantizeBlock, tensorTypes } from './tensor-types.ts';

/** Gives the values of a tensor as float32, row-major. */
export function dequantize(tensor: GgufTensor): Float32Array<ArrayBuffer> {
  const { name, file, dtype, shape, bytes } = tensor;
  if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16') {
    return toFloat32({ name, file, dtype, shape, bytes });
  }
  const { blockSize, blockBytes, dequantize: readBlock } = tensorTypes[dtype];
  return readBlocks(bytes, blockSize, blockBytes, readBlock);
}

function readBlocks(
  bytes: Uint8Array<ArrayBuffer>,
  blockSize: number,
  blockBytes: number,
  readBlock: DequantizeBlock,
): Float32Array<ArrayBuffer> {
  const blocks = bytes.length / blockBytes;
  const values = new Float32Array(blocks * blockSize);
  for (let block = 0; block < blocks; block++) {
    readBlock(bytes, block * blockBytes, values, block * blockSize);
  }
  return values;
}
