import { displayName } from './display-name.ts';
import { drawChart } from './draw-chart.ts';
import { Html, html } from './html.ts';
import { learningCurves } from './learning-curves.ts';
import { describeRows, describeScores, methodCells, methodColumns } from './method-rows.ts';
import { reportStyle } from './report-style.ts';
import type { MethodSummary, TaskSummary } from './summary.ts';
import { type Verdict, verdicts } from './verdict.ts';

/**
 * Makes the report: one HTML page that asks nothing of any other file or server.
 *
 * @param engine - The line that says what the runs were computed with.
 */
export async function reportPage(
  summaries: readonly TaskSummary[],
  engine: string,
): Promise<string> {
  const sections: Html[] = [];
  for (const summary of summaries) sections.push(await taskSection(summary));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Prompt learning methods compared</title>
<style>${new Html(reportStyle)}</style>
</head>
<body>
<h1>Prompt learning methods compared</h1>
<p class="soft">${backbones(summaries)} · ${engine}</p>
${verdictList(verdicts(summaries))}
${sections}
</body>
</html>
`;
  return page.source;
}

function backbones(summaries: readonly TaskSummary[]): string {
  const runs = summaries.flatMap(({ methods }) => methods.flatMap((method) => method.runs));
  return [...new Set(runs.map(({ identity }) => identity.backbone.id))].join(', ');
}

function verdictList(found: readonly Verdict[]): Html {
  const items = found.map(
    ({ holds, statement, evidence }) =>
      html`<li><span class="${holds ? 'holds' : 'fails'}">${String(holds)}</span> ${statement} <span class="soft">(${evidence})</span></li>`,
  );
  return items.length > 0 ? html`<ul class="verdict">${items}</ul>` : html``;
}

async function taskSection(summary: TaskSummary): Promise<Html> {
  return html`<section>
<h2>${summary.task}</h2>
<p class="soft">${describeRows(summary)} · test: ${describeScores(summary)}</p>
<div class="scroll">${methodTable(summary)}</div>
${await curves(summary)}
${notes(summary)}
<details>
<summary>Settings, data and versions of each run</summary>
${summary.methods.map(methodDetails)}
</details>
</section>`;
}

async function curves(summary: TaskSummary): Promise<Html> {
  if (summary.methods.every(({ runs }) => runs.every(({ curve }) => curve.length === 0))) {
    return html``;
  }
  const chart = new Html(await drawChart(learningCurves(summary)));
  return html`${chart}
<p class="soft">Lines are means over seeds, dots are single seeds.</p>`;
}

function methodTable(summary: TaskSummary): Html {
  const best = Math.max(...summary.methods.map(({ mean }) => mean));
  const header = methodColumns.map((column) => html`<th scope="col">${column}</th>`);
  const rows = summary.methods.map((method) => {
    const cells = methodCells(method).map((cell) => html`<td>${cell}</td>`);
    return html`<tr class="${method.mean === best ? 'best' : ''}">${cells}</tr>`;
  });
  return html`<table><thead><tr>${header}</tr></thead><tbody>${rows}</tbody></table>`;
}

function notes({ data }: TaskSummary): Html {
  const items = data.notes.map((note) => html`<li>${note}</li>`);
  return items.length > 0 ? html`<ul class="soft">${items}</ul>` : html``;
}

/** Everything in the records but the curves, which are drawn. */
function methodDetails({ method, runs }: MethodSummary): Html {
  const shown = runs.map(({ curve, ...rest }) => rest);
  return html`<h3>${displayName(method)}</h3><pre>${JSON.stringify(shown, null, 2)}</pre>`;
}
