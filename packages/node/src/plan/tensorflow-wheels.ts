import type { Wheel } from './wheel.ts';

export const tensorflowVersion = '2.21.0';

const headers = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/common_runtime/next_pluggable_device/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring.h',
  'tensorflow/include/tensorflow/core/platform/ctstring_internal.h',
  'tensorflow/include/tsl/platform/',
  'tensorflow/include/xla/tsl/c/',
  'tensorflow/include/absl/',
  'tensorflow/include/LICENSE',
];

/** The two libraries the addon is linked with, by platform: the one it calls, then the one that one needs. */
export const tensorflowLibraries = {
  linux: ['tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'],
  darwin: ['tensorflow/libtensorflow_cc.2.dylib', 'tensorflow/libtensorflow_framework.2.dylib'],
} as const;

/** TensorFlow without CUDA, by `platform-arch`. */
export const cpuWheels: Readonly<Record<string, Wheel>> = {
  'linux-x64': {
    package: 'tensorflow-cpu',
    version: tensorflowVersion,
    file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
    megabytes: 273.8,
    take: [...tensorflowLibraries.linux, ...headers],
  },
  'linux-arm64': {
    package: 'tensorflow',
    version: tensorflowVersion,
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
    sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
    megabytes: 281.8,
    take: [...tensorflowLibraries.linux, ...headers],
  },
  'darwin-arm64': {
    package: 'tensorflow',
    version: tensorflowVersion,
    file: 'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl',
    sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
    megabytes: 223.4,
    take: [...tensorflowLibraries.darwin, ...headers],
  },
};

/** TensorFlow that uses CUDA 12 if the machine has it, by `platform-arch`. */
export const cudaWheels: Readonly<Record<string, Wheel>> = {
  'linux-x64': {
    package: 'tensorflow',
    version: tensorflowVersion,
    file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    megabytes: 572.4,
    take: [...tensorflowLibraries.linux, ...headers],
  },
};
