import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from './fused-kernel.ts';
import { lastUse } from './last-use.ts';
import { addBias, type Projection, settleBias } from './linear.ts';

/** An element-wise activation. */
export type Activation = (x: tf.Tensor2D) => tf.Tensor2D;

/**
 * `gelu(x) = x Φ(x)` with the exact normal distribution function Φ, not its tanh approximation.
 *
 * @see Hendrycks and Gimpel (2016), arXiv:1606.08415
 */
export const gelu: Activation = (x) => {
  const fused = fusedGelu(x, null);
  if (fused) return fused;
  const op = tf.customGrad((input, save) => {
    const cdf = normalCdf(input as tf.Tensor);
    (save as tf.GradSaveFunc)([input as tf.Tensor, cdf]);
    return { value: tf.mul(input as tf.Tensor, cdf), gradFunc: lastUse(geluGradient) };
  });
  return op(x) as tf.Tensor2D;
};

/** The tanh approximation of GELU that GPT-2 and others were trained with. */
const geluTanh: Activation = (x) => {
  const inner = tf.mul(
    tf.add(x, tf.mul(tf.mul(tf.square(x), x), 0.044715)),
    Math.sqrt(2 / Math.PI),
  );
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
};

const activations: Readonly<Record<string, Activation>> = {
  gelu,
  gelu_new: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  relu: (x) => tf.relu(x),
  silu: (x) => tf.mul(x, tf.sigmoid(x)),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  tanh: (x) => tf.tanh(x),
};

/** Names of activations as Transformers' configs have them. */
export const activationNames: readonly string[] = Object.keys(activations);

/** The activation of that name, or undefined. */
export function findActivation(name: string): Activation | undefined {
  return Object.hasOwn(activations, name) ? activations[name] : undefined;
}

/** The activation of a linear layer's output. */
export function activate(projection: Projection, activation: Activation): tf.Tensor2D {
  const settled = settleBias(projection);
  const fused = activation === gelu ? fusedGelu(settled.product, settled.bias) : null;
  return fused ?? activation(addBias(settled));
}

/** The same, multiplied with what it gates; `gate` is null where nothing is gated. */
export function activateGated(
  inner: Projection,
  gate: Projection | null,
  activation: Activation,
): tf.Tensor2D {
  if (!gate) return activate(inner, activation);
  return tf.mul(activate(gate, activation), addBias(inner));
}

/** GELU of `x + bias`, with a gradient for `x` only; null where the engine has no kernel for it. */
function fusedGelu(x: tf.Tensor2D, bias: tf.Tensor1D | null): tf.Tensor2D | null {
  const forward = fusedKernel('PtlGelu');
  const backward = fusedKernel('PtlGeluGrad');
  if (!forward || !backward) return null;
  const op = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc]; // TF.js passes both.
    const added = bias ?? tf.zeros([x.shape[1]]);
    save([input, added]);
    const gradFunc = lastUse((dy, saved) => {
      const [kept, keptBias] = saved as [tf.Tensor, tf.Tensor]; // As saved above.
      return first(backward({ dy, x: kept, bias: keptBias }));
    });
    return { value: first(forward({ x: input, bias: added })), gradFunc };
  });
  return op(x) as tf.Tensor2D;
}

function normalCdf(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);
}

/** `d gelu / dx = Φ(x) + x φ(x)`. */
function geluGradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor {
  const [x, cdf] = saved as [tf.Tensor, tf.Tensor]; // As saved above.
  const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.mul(dy, tf.add(cdf, tf.mul(x, density)));
}

function first(outputs: readonly tf.Tensor[]): tf.Tensor {
  const [output] = outputs;
  if (!output) throw new TypeError('A fused kernel returned no output.');
  return output;
}
