import * as tf from '@tensorflow/tfjs';
import { fusedKernel } from './fused-kernel.ts';
import { addBias, type Projection } from './linear.ts';

/** An element-wise activation. */
export type Activation = (x: tf.Tensor2D) => tf.Tensor2D;

/**
 * `gelu(x) = x Φ(x)` with the exact normal distribution function Φ, not its tanh approximation.
 *
 * @see Hendrycks and Gimpel (2016), arXiv:1606.08415
 */
export const gelu: Activation = (x) => {
  const op = tf.customGrad((input, save) => {
    const cdf = normalCdf(input as tf.Tensor);
    (save as tf.GradSaveFunc)([input as tf.Tensor, cdf]);
    return { value: tf.mul(input as tf.Tensor, cdf), gradFunc: geluGradient };
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
  const forward = fusedKernel('PtlGelu');
  const backward = fusedKernel('PtlGeluGrad');
  const { product, bias, biasTrained } = projection;
  const isFused = forward && backward && bias && activation === gelu && !biasTrained;
  if (!isFused) return activation(addBias(projection));
  const op = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc]; // TF.js passes both.
    save([x, bias]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor => {
      const [input, added] = saved as [tf.Tensor, tf.Tensor]; // As saved above.
      return first(backward({ dy, x: input, bias: added }));
    };
    return { value: first(forward({ x, bias })), gradFunc };
  });
  return op(product) as tf.Tensor2D;
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
