import { type FusedOperation, integer, registerOperation } from './fused-kernels.ts';

/** A layer of an encoder, as `native/bfloat16-encoder-layer.cc` defines it. */
const layer: FusedOperation = {
  inputs: [
    'rows',
    'hidden',
    'input',
    'inputBias',
    'attended',
    'attendedBias',
    'attendedScale',
    'attendedShift',
    'inner',
    'innerBias',
    'output',
    'outputBias',
    'outputScale',
    'outputShift',
    'prefixKeys',
    'prefixValues',
    'mask',
  ],
  outputs: 1,
  attributes: (settings, { binding }) => [
    integer(binding, 'batch', settings['batch']),
    integer(binding, 'heads', settings['heads']),
    integer(binding, 'head_size', settings['headSize']),
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: Number(settings['epsilon']) },
  ],
};

/** Registers the kernel with TF.js, for processors that have the instructions that it is written with. */
export function registerBfloat16Layer(): void {
  registerOperation('PtlBfloat16EncoderLayer', layer);
}
