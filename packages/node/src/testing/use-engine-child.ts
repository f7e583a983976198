import * as tf from '@tensorflow/tfjs';
import { useEngine } from '../use-engine.ts';

// A process that loads an engine and prints the derivative of x² at 3.
await useEngine({ install: false });
const gradient = tf.grad((x) => tf.square(x))(tf.tensor1d([3]));
process.stdout.write(String((await gradient.data())[0]));
