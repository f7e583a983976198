import { expect, test } from 'vitest';
import { chosenEngine } from './engine-choice.ts';

test('the option wins over PTL_ENGINE, and an empty PTL_ENGINE is none', () => {
  expect(chosenEngine('wasm', { PTL_ENGINE: 'tensorflow' })).toBe('wasm');
  expect(chosenEngine(undefined, { PTL_ENGINE: 'tensorflow' })).toBe('tensorflow');
  expect(chosenEngine(undefined, { PTL_ENGINE: '' })).toBeUndefined();
  expect(chosenEngine(undefined, {})).toBeUndefined();
});

test('a name that is not known is told with those that are, and where it came from', () => {
  expect(() => chosenEngine('webgpu', {})).toThrow(
    '[ENGINE_UNKNOWN] No engine is called "webgpu". Known: tensorflow, wasm.',
  );
  expect(() => chosenEngine(undefined, { PTL_ENGINE: 'wsam' })).toThrow(
    'No engine is called "wsam" (from PTL_ENGINE). Known: tensorflow, wasm.',
  );
});
