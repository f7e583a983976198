import * as tf from '@tensorflow/tfjs';
import { type FusedKernel, fusedKernel } from './fused-kernel.ts';
import { lastUse } from './last-use.ts';

/*
 * `PtlLstm` takes the inputs' share of the gates `[directions, sequence, 4 * units]` and the recurrent
 * weight `[directions, 4 * units, units]`, and gives states and cells `[directions, sequence, units]` and
 * the squashed gates. `PtlLstmGrad` takes dy, these three and the weight, and gives the gradients of
 * gates and weight.
 */

/** Whether the engine has the kernels. */
export function canFuseLstm(): boolean {
  return fusedKernel('PtlLstm') !== undefined && fusedKernel('PtlLstmGrad') !== undefined;
}

/** The states of all steps, `[directions, sequence, units]`. */
export function fusedLstmStates(gates: tf.Tensor3D, weight: tf.Tensor3D): tf.Tensor3D {
  const forward = fusedKernel('PtlLstm') as FusedKernel; // Asked for above.
  const backward = fusedKernel('PtlLstmGrad') as FusedKernel;
  const op = tf.customGrad((...args) => {
    // TF.js passes the last one behind the inputs.
    const [first, second, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const outputs = forward({ gates: first, weight: second });
    const [states, cells, activated] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    save([states, cells, activated, second]);
    const gradFunc = lastUse((dy, saved) => {
      const names = ['states', 'cells', 'activated', 'weight']; // As saved above.
      const again = Object.fromEntries(names.map((name, place) => [name, saved[place]]));
      return backward({ ...again, dy } as tf.NamedTensorMap);
    });
    return { value: states, gradFunc };
  });
  return op(gates, weight) as tf.Tensor3D;
}
