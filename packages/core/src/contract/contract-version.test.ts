import { expect, it } from 'vitest';
import { bareMethod } from '../testing/bare-method.ts';
import { createTinyBackbone } from '../testing/tiny-backbone.ts';
import { createTuner } from './create-tuner.ts';
import { isPtlError } from './errors.ts';
import { createMethodRegistry } from './registry.ts';

/** What a package that was built against another core exports; its types would not allow it here. */
function methodOfVersion(apiVersion: unknown): typeof bareMethod {
  return { ...bareMethod, apiVersion: apiVersion as 1 };
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

it.each([
  [2, 'version 2'],
  [0, 'version 0'],
  ['1', 'version 1'],
  [undefined, 'no version'],
])('refuses a method of version %s', (apiVersion, named) => {
  using backbone = createTinyBackbone();
  const method = methodOfVersion(apiVersion);
  const task = { kind: 'sequence-classification', labels: ['bad', 'good'] } as const;
  const refused = [
    errorOf(() => createTuner(method, {}, { backbone, task, seed: 0 })),
    errorOf(() => createMethodRegistry([bareMethod, method])),
  ];
  for (const error of refused) {
    if (!isPtlError(error, 'METHOD_VERSION_UNSUPPORTED')) throw error;
    expect(error.message).toContain(`"bare" is written for ${named} of the method contract`);
    expect(error.details).toEqual({ method: 'bare', apiVersion, supported: [1] });
  }
});

it('takes a method of version 1', () => {
  expect(createMethodRegistry([methodOfVersion(1)]).names).toEqual(['bare']);
});
