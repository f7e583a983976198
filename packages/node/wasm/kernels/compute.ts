import { addNorm, addNormGradient } from './add-norm';
import { attend, attendGradient } from './attention';
import { batchProduct } from './batch-product';
import { gelu, geluGradient } from './gelu';
import { sumRows } from './sum-rows';

/** A number for each kernel: functions as values would need memory that is not ours. */
export enum Kernel {
  addNorm,
  addNormGradient,
  attention,
  attentionGradient,
  batchProduct,
  gelu,
  geluGradient,
  sumRows,
}

/** The units `[begin, end)` of a kernel's call. */
export function compute(kernel: Kernel, call: usize, thread: i32, begin: i32, end: i32): void {
  switch (kernel) {
    case Kernel.addNorm:
      addNorm(call, thread, begin, end);
      break;
    case Kernel.addNormGradient:
      addNormGradient(call, thread, begin, end);
      break;
    case Kernel.attention:
      attend(call, thread, begin, end);
      break;
    case Kernel.attentionGradient:
      attendGradient(call, thread, begin, end);
      break;
    case Kernel.batchProduct:
      batchProduct(call, thread, begin, end);
      break;
    case Kernel.gelu:
      gelu(call, thread, begin, end);
      break;
    case Kernel.geluGradient:
      geluGradient(call, thread, begin, end);
      break;
    case Kernel.sumRows:
      sumRows(call, thread, begin, end);
      break;
  }
}
