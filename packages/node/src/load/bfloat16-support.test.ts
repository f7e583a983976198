import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { hasFastBfloat16, processorFlags } from './bfloat16-support.ts';

async function supportOf(line: string): Promise<boolean> {
  const path = join(await temporaryFolder(), 'cpuinfo');
  writeFileSync(path, `processor\t: 0\n${line}\n\nprocessor\t: 1\n`);
  return hasFastBfloat16(processorFlags(path));
}

test.each([
  ['flags\t\t: fpu avx2 avx512f avx512_bf16 gfni', true],
  ['flags\t\t: fpu amx_bf16 amx_tile', true],
  ['Features\t: fp asimd bf16', true],
  ['flags\t\t: fpu avx2 avx512f avx512_vnni', false],
  ['bogomips\t: bf16', false],
])('a processor of "%s" has fast products in bfloat16: %s', async (line, expected) => {
  expect(await supportOf(line)).toBe(expected);
});

test('where nothing tells, there are none', async () => {
  const missing = join(await temporaryFolder(), 'missing');
  expect(hasFastBfloat16(processorFlags(missing))).toBe(false);
});
