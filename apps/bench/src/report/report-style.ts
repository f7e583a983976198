/** The style sheet of the report: the fonts of the system, light or dark as the reader has it. */
export const reportStyle = `
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c1e21; --soft: #626973; --line: #dfe2e6; --good: #1a7f37; --bad: #c0392b; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #e4e6ea; --soft: #9aa2ad; --line: #33373e; --good: #57b66f; --bad: #ff7b6b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1000px; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.75rem 0 .25rem; }
p { margin: .25rem 0; }
.soft { color: var(--soft); font-size: .9rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .75rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
th { font-weight: 600; font-size: .85rem; color: var(--soft); }
.best { font-weight: 700; }
ul { margin: .75rem 0; padding-left: 1.2rem; }
ul.verdict { list-style: none; padding: 0; }
.holds { color: var(--good); font-weight: 600; }
.fails { color: var(--bad); font-weight: 600; }
svg { display: block; max-width: 100%; height: auto; }
details { margin-top: 1rem; border-top: 1px solid var(--line); padding-top: .75rem; }
summary { cursor: pointer; }
pre { overflow-x: auto; font-size: .8rem; line-height: 1.45; background: color-mix(in srgb, var(--ink) 6%, transparent); padding: .75rem; border-radius: 6px; }
`;
