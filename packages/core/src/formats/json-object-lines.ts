import { invalidFile } from './invalid-file.ts';
import type { FailRow, ParsedRows } from './parsed-rows.ts';
import { toLines } from './text-lines.ts';

/**
 * Reads a JSON object from each line that is not blank.
 *
 * @throws {@link PtlError} `FILE_INVALID`, with the line, for one that is none, and what `read` throws.
 */
export function readObjectLines<Row>(
  text: string,
  file: string,
  read: (fields: ReadonlyMap<string, unknown>, fail: FailRow) => Row,
): ParsedRows<Row> {
  const rows: Row[] = [];
  const lines: number[] = [];
  for (const [index, content] of toLines(text).entries()) {
    if (content.trim() === '') continue;
    const line = index + 1;
    const fail: FailRow = (reason, cause) => invalidFile(file, reason, line, cause);
    rows.push(read(parseObject(content, fail), fail));
    lines.push(line);
  }
  return { rows, lines };
}

function parseObject(content: string, fail: FailRow): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw fail(`The line is not JSON: ${error instanceof Error ? error.message : error}`, error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fail('The line is not a JSON object');
  }
  return new Map(Object.entries(value));
}
