import { drawChart } from '../../report/draw-chart.ts';
import { Html, html } from '../../report/html.ts';
import { reportStyle } from '../../report/report-style.ts';
import type { ClaimResult, ComparedResult } from '../claim-result.ts';
import { differenceText, evidenceOf, formatPValue, relationText, sideText } from './claim-lines.ts';
import { countVerdicts } from './count-verdicts.ts';
import { differenceChart } from './difference-chart.ts';
import { limitsText, ruleText } from './rule-text.ts';

const classes = { holds: 'holds', 'does not hold': 'fails', undecided: 'soft', skipped: 'soft' };

const style = `${reportStyle}
td { vertical-align: top; }
th.text, td.text { text-align: left; padding-left: 0; }
td.text { white-space: normal; min-width: 20rem; }
.verdict { white-space: nowrap; }
td.figures { min-width: 16rem; }
`;

/**
 * One HTML page of all claims that asks nothing of any other file or server.
 *
 * @param made - What they were computed with, and when.
 */
export async function claimsPage(results: readonly ClaimResult[], made: string): Promise<string> {
  const compared = results.filter((result) => result.kind === 'compared');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What is taught, tried</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>What is taught, tried</h1>
<p class="soft">${made}</p>
<p>${countVerdicts(results)} Scores are in points, mean ± standard deviation over seeds.</p>
<div class="scroll"><table>
<thead><tr><th>verdict</th><th class="text">claim</th><th class="text">sides</th><th>difference</th><th>p</th></tr></thead>
<tbody>${results.map(claimRow)}</tbody></table></div>
${await chart(compared)}
<h2>How verdicts are come to</h2>
<ul>${ruleText.map((line) => html`<li>${line}</li>`)}</ul>
<h2>What they can bear</h2>
<ul>${limitsText.map((line) => html`<li>${line}</li>`)}</ul>
<details>
<summary>Settings and scores of each claim</summary>
${compared.map(details)}
</details>
</body>
</html>
`;
  return page.source;
}

function claimRow(result: ClaimResult): Html {
  const { verdict, statement, source, id } = result;
  const claim = html`<td class="verdict ${classes[verdict]}">${verdict}</td><td class="text">${statement}<br><span class="soft">${id} · ${source}</span></td>`;
  if (result.kind !== 'compared') {
    return html`<tr>${claim}<td class="text" colspan="3">${evidenceOf(result)}</td></tr>`;
  }
  return html`<tr>${claim}<td class="text figures">${sideText(result.left)}<br>${sideText(result.right)}</td>
<td>${differenceText(result)}<br><span class="soft">${relationText(result)}?</span></td><td>${formatPValue(result.pValue)}</td></tr>`;
}

async function chart(compared: readonly ComparedResult[]): Promise<Html> {
  if (compared.length === 0) return html``;
  return html`<h2>Differences, seed by seed</h2>
${new Html(await drawChart(differenceChart(compared)))}
<p class="soft">A dot is one seed, a tick the mean.</p>`;
}

function details(result: ComparedResult): Html {
  return html`<h3>${result.id}</h3><pre>${JSON.stringify(result, null, 2)}</pre>`;
}
