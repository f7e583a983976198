import { createHash } from 'node:crypto';
import type { Backbone } from '@ptl/core';
import * as tf from '@tensorflow/tfjs';

/** SHA-256 over every weight of a backbone, in the order of its parameters. */
export async function weightsHash(
  backbone: Pick<Backbone, 'parameters' | 'weight'>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const { name } of backbone.parameters) {
    // A weight that is packed with others is cut out of them anew each time.
    const weight = tf.tidy(() => tf.clone(backbone.weight(name)));
    hash.update(name).update(new Uint8Array((await weight.data()).slice().buffer));
    weight.dispose();
  }
  return hash.digest('hex');
}
