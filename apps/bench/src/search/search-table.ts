import { alignColumns } from '../report/align-columns.ts';
import { displayName } from '../report/display-name.ts';
import { formatCount, formatPoints, formatSpread } from '../report/format-number.ts';
import { standardDeviation } from '../report/statistics.ts';
import { edgesOfGrid } from './edges-of-grid.ts';
import { describeSetting } from './grid.ts';
import type { PlannedSearch } from './plan-search.ts';
import type { SearchResult } from './run-search.ts';
import type { RungEntry } from './rung-entry.ts';
import { drawsSplits } from './split-of.ts';

const gap = '   ';

/** What a search will do, or did: the settings, the rungs, and what they cost. */
export function describeSearch(search: PlannedSearch): string {
  const { dataSet, method, halving, gridSize, seeds } = search;
  const rungs = halving.rungs.map(({ settings, share }) => `${settings} at ${percent(share)}`);
  const split = drawsSplits(dataSet)
    ? 'each seed with a split of its own'
    : 'on the development part';
  const settings =
    gridSize === 1 ? 'the one setting' : `${halving.settings} of ${gridSize} settings`;
  return [
    `${dataSet.name}, ${displayName(method)}: ${settings}, ${rungs.join(', then ')} of the epochs,`,
    `  seeds ${seeds.join(', ')}, ${split}; ${formatCount(halving.cost)} epochs at most`,
  ].join('\n');
}

/** The rungs of a search as text, the best settings first, and the one that was chosen. */
export function searchTable(result: SearchResult): string {
  const { metric, results, chosen, spent, seeds } = result;
  const over =
    seeds.length === 1 ? 'one seed' : `mean ± standard deviation over ${seeds.length} seeds`;
  const tried = result.candidates.map(({ setting }) => setting);
  const edges = edgesOfGrid(chosen.setting, tried);
  const rungs = results.map(({ entries }, index) => rungTable(entries, index + 1));
  return [
    describeSearch(result),
    `  development: ${metric} in points, ${over}`,
    '',
    ...rungs,
    `Chosen: ${describeSetting(chosen.setting)}; ${formatCount(spent)} epochs spent.`,
    ...edges.map((edge) => `  ${edge}: a better one may lie beyond.`),
    '',
  ].join('\n');
}

function rungTable(entries: readonly RungEntry[], rung: number): string {
  const header = [`rung ${rung}`, 'trained for', 'development', 'loss'];
  const rows = entries.map(({ setting, epochs, scores, score, loss }) => [
    describeSetting(setting),
    `${formatCount(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}`,
    formatSpread(score, standardDeviation(scores)),
    Number.isFinite(loss) ? loss.toFixed(3) : 'diverged',
  ]);
  const [first = '', ...body] = alignColumns([header, ...rows], gap);
  return `${[first, '─'.repeat(first.length), ...body].join('\n')}\n`;
}

function percent(share: number): string {
  return `${formatPoints(share).replace(/\.0$/, '')} %`;
}
