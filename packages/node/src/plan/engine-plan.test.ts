import { isPtlError } from '@ptl/core';
import { describe, expect, test } from 'vitest';
import { type EngineVariant, planEngine } from './engine-plan.ts';
import type { Machine } from './machine.ts';
import { platformTags } from './wheel.ts';

const linux = { platform: 'linux', arch: 'x64', glibc: '2.36' };
const builds: [Machine, EngineVariant, string][] = [
  [linux, 'cpu', 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl'],
  [{ ...linux, arch: 'arm64' }, 'cpu', 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl'],
  [
    { platform: 'darwin', arch: 'arm64' },
    'cpu',
    'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl',
  ],
  [linux, 'cuda', 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl'],
];

describe('planEngine', () => {
  test.each(builds)('picks the pinned wheel for %o, %s', (machine, variant, file) => {
    const plan = planEngine(machine, variant);
    expect(plan.wheels[0]?.file).toBe(file);
    expect(plan.key).toBe(`tensorflow-2.21.0-${variant}-${machine.platform}-${machine.arch}`);
  });

  test('pins every wheel by a sum of its own and by the version in its name', () => {
    const wheels = builds.flatMap(([machine, variant]) => planEngine(machine, variant).wheels);
    for (const wheel of wheels) {
      expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(wheel.file).toMatch(
        new RegExp(`^${wheel.package.replaceAll('-', '_')}-${wheel.version}-`),
      );
    }
    expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(wheels.length);
  });

  test('takes the libraries it links with, by the names of the platform', () => {
    for (const [machine, variant] of builds) {
      const plan = planEngine(machine, variant);
      expect(plan.wheels[0]?.take).toEqual(expect.arrayContaining([...plan.libraries]));
      const extension = machine.platform === 'darwin' ? /\.2\.dylib$/ : /\.so\.2$/;
      for (const library of plan.libraries) expect(library).toMatch(extension);
    }
  });

  test("lays NVIDIA's libraries out where TensorFlow's search path looks for them", () => {
    const taken = planEngine(linux, 'cuda').wheels.flatMap(({ take }) => take);
    // The folders in the run path of both libraries of the wheel (`readelf -d`), but for TensorRT and NVSHMEM, which
    // the extra "and-cuda" does not bring; the last two are what cuSPARSE and cuDNN look for beside themselves.
    const searched = [
      ...['cublas', 'cuda_cupti', 'cuda_runtime', 'cudnn', 'cufft', 'cusolver', 'cusparse', 'nccl'],
      ...['nvjitlink', 'cuda_nvrtc'],
    ];
    for (const name of searched) expect(taken).toContain(`nvidia/${name}/lib/`);
  });

  test.each<[string, Machine, EngineVariant]>([
    ['no cpu build for win32-x64', { platform: 'win32', arch: 'x64' }, 'cpu'],
    ['no cpu build for darwin-x64', { platform: 'darwin', arch: 'x64' }, 'cpu'],
    ['no cuda build for linux-arm64', { ...linux, arch: 'arm64' }, 'cuda'],
    ['needs the GNU C library, which', { ...linux, glibc: undefined }, 'cpu'],
    ['2.27 or newer, and this is 2.17', { ...linux, glibc: '2.17' }, 'cpu'],
  ])('says that there is %s', (reason, machine, variant) => {
    const error = catchError(() => planEngine(machine, variant));
    expect(isPtlError(error, 'ENGINE_UNAVAILABLE') && error.details.reason).toContain(reason);
  });
});

test("platformTags reads all tags of a wheel's name", () => {
  const file = 'nvidia_x_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl';
  expect(platformTags(file)).toEqual(['manylinux2014_x86_64', 'manylinux_2_17_x86_64']);
});

function catchError(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
