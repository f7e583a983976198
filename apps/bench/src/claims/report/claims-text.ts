import type { ClaimResult } from '../claim-result.ts';
import { evidenceOf } from './claim-lines.ts';

const indent = ' '.repeat(16);
const width = 100;

/** All claims for a terminal: the verdict, what is claimed, and what was found. */
export function claimsText(results: readonly ClaimResult[]): string {
  return results.map(claimText).join('\n');
}

function claimText(result: ClaimResult): string {
  const { id, verdict, statement, source } = result;
  const paragraphs = [statement, evidenceOf(result), `${id} · ${source}`];
  const lines = paragraphs.flatMap((text) => wrap(text, width - indent.length));
  const [first = '', ...rest] = lines;
  return `${[verdict.padEnd(indent.length) + first, ...rest.map((line) => indent + line)].join('\n')}\n`;
}

/** Breaks a text between words into lines of so many characters at most. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
