import { describe, expect, it } from 'vitest';
import { runChild } from '../../../scripts/terminal/run-child.mjs';

const node = process.execPath;

describe('running a child', () => {
  it('gives its exit code and all it printed', async () => {
    const script = 'console.log("one"); console.error("two"); process.exitCode = 3';
    const { code, output } = await runChild(node, ['-e', script]);
    expect(code).toBe(3);
    expect(output).toContain('one\n');
    expect(output).toContain('two\n');
  });

  it('tells each line, those that redraw themselves too', async () => {
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line);
    await runChild(node, ['-e', 'process.stdout.write("1 of 2\\r2 of 2\\ndone")'], { onLine });
    expect(lines).toEqual(['1 of 2', '2 of 2', 'done']);
  });

  it('counts a program that does not exist as failed and names it', async () => {
    const { code, output } = await runChild('no-such-program', []);
    expect(code).toBe(1);
    expect(output).toContain('no-such-program');
  });
});
