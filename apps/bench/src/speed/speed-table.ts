import { alignColumns } from '../report/align-columns.ts';

/** What one part of the measurements found. */
export interface SpeedTable {
  readonly title: string;
  /** What was done and how it was timed, in a sentence or two. */
  readonly about: string;
  readonly columns: readonly string[];
  /** The first cell of each row is text, the others are numbers. */
  readonly rows: readonly (readonly string[])[];
  /** An SVG picture of it. */
  readonly picture?: { readonly file: string; readonly svg: string } | undefined;
}

/** As plain text. */
export function tableText({ title, about, columns, rows }: SpeedTable): string {
  const lines = alignColumns([columns, ...rows], '  ');
  return `${title}\n${about}\n\n${lines.join('\n')}\n\n`;
}

/** As a section of a Markdown page. */
export function tableMarkdown({
  title,
  about,
  columns,
  rows,
  picture,
}: Omit<SpeedTable, 'picture'> & {
  readonly picture?: { readonly file: string } | undefined;
}): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, column) => (column === 0 ? '---' : '---:'));
  return [
    `## ${title}`,
    '',
    about,
    '',
    line(columns),
    line(rule),
    ...rows.map(line),
    '',
    ...(picture ? [`![${title}](${picture.file})`, ''] : []),
  ].join('\n');
}
