import { join } from 'node:path';

/** TF.js's binding together with PTL's kernels. */
export function addonFile(output: string): string {
  return join(output, 'tfjs_binding.node');
}

/** Mutes the terminal while TensorFlow is loaded. */
export function muteFile(output: string): string {
  return join(output, 'stderr_mute.node');
}
