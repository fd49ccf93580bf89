// How the status page looks. It holds no text from outside, and its digest is what the page's policy lets through.

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --card: #ffffff; --text: #1a2027; --soft: #55606d; --rule: #d5dae1; --link: #0b57b0;
  --attention: #b3261e; --waiting: #7a5200; --converged: #1b6b3a; --frozen: #1d5c92; --line: #0b57b0; --area: #cfe0f5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12161b; --card: #1b2128; --text: #e8ecf1; --soft: #a9b3bf; --rule: #36404b; --link: #8ab8f5;
    --attention: #ff9c94; --waiting: #f0c060; --converged: #7fd6a0; --frozen: #8cc4f2; --line: #8ab8f5; --area: #24405f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 64rem; padding: 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, main:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { position: static; display: inline-block; padding: .5rem; }
.soft { color: var(--soft); font-size: .9rem; }
.figures { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 1rem 0 0; padding: 0; }
.figures li { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .5rem .75rem; }
.figures b { display: block; font-size: 1.5rem; line-height: 1.2; }
.figures a { display: inline-block; min-height: 1.5rem; }
.card { background: var(--card); border: 1px solid var(--rule); border-left: .3rem solid var(--rule); border-radius: .5rem; padding: .75rem; margin: .5rem 0; }
.card.attention { border-left-color: var(--attention); }
.card.waiting { border-left-color: var(--waiting); }
.card.converged { border-left-color: var(--converged); }
.card.frozen { border-left-color: var(--frozen); }
b.attention { color: var(--attention); } b.waiting { color: var(--waiting); } b.converged { color: var(--converged); } b.frozen { color: var(--frozen); }
.plot { display: block; width: 100%; max-width: 24rem; height: 2.5rem; margin: .5rem 0 0; }
.area { fill: var(--area); } .line { fill: none; stroke: var(--line); stroke-width: 2; vector-effect: non-scaling-stroke; }
summary { cursor: pointer; min-height: 1.5rem; }
pre { margin: .25rem 0; padding: .5rem; background: var(--ground); border: 1px solid var(--rule); border-radius: .25rem; white-space: pre-wrap; font: .85rem/1.4 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; user-select: all; }
ol, ul.plain { padding-left: 1.25rem; }
@media print { details > * { display: block; } }
`;
