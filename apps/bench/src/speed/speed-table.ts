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
  const all = [columns, ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => width(row[column]))));
  const lines = all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
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

function width(cell: string | undefined): number {
  return cell?.length ?? 0;
}
