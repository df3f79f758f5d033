"""The style sheet of a report: the page's own tokens, and what a report is laid out with.

Colour is signal here as on the page: WebSocket is graphite, WebRTC is plum, and the mode is the
dash. On a narrow screen tables become lists; on paper it is always light, and nothing that belongs
together is torn apart. `ui/src/base/styles/tokens.css` is where the values come from.
"""

from typing import Final

_TOKENS = """
:root {
  color-scheme: light dark;
  --font-sans: -apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Cantarell,
    Ubuntu, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --font-mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", "Ubuntu Mono",
    "Noto Sans Mono", "DejaVu Sans Mono", "Liberation Mono", monospace;
  --text-2xs: 0.6875rem;
  --text-xs: 0.75rem;
  --text-sm: 0.8125rem;
  --text-md: 0.9375rem;
  --text-lg: 1.125rem;
  --text-xl: 1.5rem;
  --mono-adjust: 0.94;
  --lh-read: 1.55;
  --s-1: 2px; --s-2: 4px; --s-3: 8px; --s-4: 12px; --s-5: 16px; --s-6: 24px; --s-7: 32px;
  --s-8: 48px;
  --measure: 68ch;
  --panel: light-dark(#eff1ef, #161b19);
  --screen: light-dark(#fbfdfc, #0c100e);
  --line: light-dark(#d7dad7, #2d3230);
  --graticule: light-dark(#e6e9e7, #1d2220);
  --ink: light-dark(#141a17, #e6ebe8);
  --ink-2: light-dark(#404642, #b9c1bd);
  --ink-3: light-dark(#555b57, #98a19c);
  --warning: light-dark(#7a4f00, #edbb64);
  --websocket: light-dark(#141a17, #e6ebe8);
  --webrtc: light-dark(#8a2a7a, #e793d5);
  --dash-unordered: 5 3;
  --dash-media: 1.5 2.5;
}
@media (prefers-contrast: more) {
  :root { --line: light-dark(#7c827e, #6b7470); --ink-2: var(--ink); --ink-3: var(--ink); }
}
"""

_PAGE = """
* { box-sizing: border-box; }
h1, h2, h3, h4, p, ul, dl, dd, figure, pre { margin: 0; padding: 0; }
body {
  margin: 0; background: var(--screen); color: var(--ink);
  font: var(--text-sm)/1.4 var(--font-sans); -webkit-text-size-adjust: 100%;
}
main { max-width: 1480px; padding: var(--s-6) var(--s-6) var(--s-8); display: grid;
  gap: var(--s-7); grid-template-columns: minmax(0, 1fr); }
a { color: inherit; text-underline-offset: 2px; text-decoration-color: var(--ink-3); }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
.muted { color: var(--ink-3); font-weight: 400; }
.mono, .num, code, pre { font-family: var(--font-mono); font-variant-numeric: tabular-nums;
  font-size: calc(1em * var(--mono-adjust)); }
.ws { --hue: var(--websocket); }
.rtc { --hue: var(--webrtc); }
b.rtc { color: var(--hue); }

.brand { display: flex; align-items: center; gap: var(--s-3); font-weight: 600;
  margin-block-end: var(--s-5); }
.brand svg { width: 26px; height: 20px; }
.brand .muted { margin-inline-start: auto; }
h1 { font-size: var(--text-xl); line-height: 1.25; letter-spacing: -.012em; max-width: 46ch;
  text-wrap: balance; }
.lede { font-size: var(--text-md); line-height: var(--lh-read); color: var(--ink-2);
  max-width: var(--measure); margin-block-start: var(--s-3); text-wrap: pretty; }
.tally { display: flex; gap: 2px; margin-block-start: var(--s-5); max-width: 760px;
  font-size: var(--text-xs); }
.tally div { border-block-start: 8px solid var(--hue, var(--line)); padding-block-start: var(--s-2);
  display: flex; gap: var(--s-3); align-items: baseline; min-width: max-content; }
.tally dt { color: var(--ink-2); }
.tally dd { font: var(--text-lg)/1 var(--font-mono); }
.contents { display: flex; flex-wrap: wrap; gap: var(--s-2) var(--s-5); font-size: var(--text-xs);
  margin-block-start: var(--s-5); }

section > header { display: flex; align-items: baseline; gap: var(--s-2) var(--s-4);
  flex-wrap: wrap; border-block-end: 1px solid var(--ink); padding-block-end: var(--s-2);
  margin-block-end: var(--s-4); }
h2 { font-size: var(--text-md); }
section > header p { color: var(--ink-3); font-size: var(--text-xs); }
section > header p:last-child:not(:nth-child(2)) { margin-inline-start: auto; }
h3 { font-size: var(--text-sm); }
.run h3, .cell-tables h3 { margin-block-end: var(--s-2); }
.run h3:not(:first-child), .cell-tables h3:not(:first-child) { margin-block-start: var(--s-5); }
.two { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); gap: var(--s-7); }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr);
  gap: var(--s-2) var(--s-5); font-size: var(--text-xs); }
.facts dt { color: var(--ink-3); }
.facts dd { overflow-wrap: anywhere; }
.facts dt.mono { color: var(--ink); }
.note { color: var(--ink-3); font-size: var(--text-xs); max-width: 96ch;
  margin-block: var(--s-3); line-height: var(--lh-read); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--panel);
  padding: var(--s-4); margin-block: var(--s-3); }
"""

_TABLES = """
.over { overflow-x: auto; position: relative; }
.grid { width: 100%; border-collapse: collapse; font-size: var(--text-xs); text-align: start; }
.grid th { text-align: start; font-weight: 400; vertical-align: bottom;
  padding: var(--s-2) var(--s-4) var(--s-2) 0; }
.grid thead th { font-size: var(--text-2xs); color: var(--ink-3); white-space: nowrap; }
.grid td { padding: 5px var(--s-4) 5px 0; vertical-align: top; }
.grid tbody th { vertical-align: top; padding-block: 5px; }
.grid tbody td, .grid tbody th { border-block-start: 1px solid var(--line); }
.grid .num { text-align: end; white-space: nowrap; }
.grid thead .num { font-family: inherit; font-size: var(--text-2xs); }
.grid .unit { display: block; color: var(--ink-3); }
.grid tr > :last-child { padding-inline-end: 0; }
.headlines td:nth-child(2) { min-width: 14ch; }
.headlines td:nth-child(3) { white-space: nowrap; }
.headlines td:nth-child(4) { max-width: 84ch; }
.again > * { border-block-start-color: transparent !important; }
.cells .place th { padding-block-start: var(--s-5); border-block-start: 0; font-weight: 600; }
.cells .trace td { border-block-start: 0; padding-block-start: 0; color: var(--ink-3);
  overflow-wrap: anywhere; }
.cells { table-layout: fixed; }
.cells thead th:first-child { width: 22%; }
.key { display: inline-block; width: 26px; height: 10px; margin-inline-end: var(--s-3);
  vertical-align: middle; overflow: visible; }
.out { color: var(--warning); }
.out::before { content: "\\26A0\\FE0E\\20"; }
.struck { text-decoration: line-through; }
.differences th[scope=row] { font-weight: 600; width: 15%; }
.differences td { width: 32%; }
.differences td:last-child { width: auto; color: var(--ink-3); }
"""

_PICTURES = """
.place-block { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr));
  gap: var(--s-5) var(--s-6); padding-block: var(--s-4) var(--s-6); }
.place-block + .place-block { border-block-start: 1px solid var(--line); }
.drifts > .say { grid-column: 1 / -1; display: grid; gap: 0 var(--s-6);
  grid-template-columns: minmax(0, 1fr) minmax(0, 2fr); }
.say .rest { font-size: var(--text-xs); color: var(--ink-2); line-height: var(--lh-read);
  text-wrap: pretty; overflow-wrap: anywhere; }
.drifts .rest { columns: 2; column-gap: var(--s-6); max-width: none; margin: 0; }
.say p { margin-block-start: var(--s-2); max-width: var(--measure); }
.say .head { font-size: var(--text-md); line-height: 1.45; text-wrap: pretty; }
.say h3 { display: flex; flex-wrap: wrap; gap: var(--s-1) var(--s-4); align-items: baseline; }
figure { min-width: 0; }
h4 { font-size: var(--text-xs); margin-block-end: var(--s-2); }
svg.fig { display: block; width: 100%; max-width: 480px; height: auto; overflow: visible; }
figcaption { font-size: var(--text-xs); color: var(--ink-2); max-width: 480px;
  margin-block-start: var(--s-2); text-wrap: pretty; }
svg.fig text { font: 11px var(--font-sans); fill: var(--ink-3);
  font-variant-numeric: tabular-nums; }
svg.fig text.name { fill: var(--hue); font-weight: 600; }
.grat { stroke: var(--graticule); stroke-width: 1; fill: none; }
.line { stroke: var(--hue); stroke-width: 1.75; fill: none; stroke-linejoin: round; }
.thin { stroke: var(--hue); stroke-width: .75; fill: none; opacity: .6; }
.lead { stroke: var(--hue); stroke-width: .75; fill: none; opacity: .5; }
.range { stroke: var(--hue); stroke-width: 5; fill: none; opacity: .22; }
.median { stroke: var(--hue); stroke-width: 2; fill: none; }
.dashed { stroke-dasharray: var(--dash-unordered); }
.dotted { stroke-dasharray: var(--dash-media); }
.second { stroke-dasharray: 9 2.5 2 2.5; }
.band { fill: var(--hue); opacity: .13; stroke: none; }
.mark { fill: var(--hue); stroke: var(--hue); stroke-width: 1.25; }
.hollow { fill: var(--screen); }
.cross { stroke: var(--warning); stroke-width: 1.75; fill: none; }
"""

_MEDIA = """
.clips { display: grid; gap: var(--s-5) var(--s-6); margin-block: var(--s-4);
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); }
.clips audio, .clips img { display: block; width: 100%; max-width: 480px; }
"""

_NARROW = """
@media screen and (max-width: 1080px) {
  .place-block { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .say { grid-column: 1 / -1; }
  .drifts > .say { display: block; }
  .two { grid-template-columns: minmax(0, 1fr); }
}
@media screen and (max-width: 1000px) {
  .cells, .cells tbody, .cells tr, .cells td, .cells th { display: block; border: 0 !important; }
  .cells thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .cells td, .cells tbody th { padding: var(--s-1) 0; }
  .cells tbody { padding-block-end: var(--s-4);
    border-block-end: 1px solid var(--line) !important; }
  .cells .figures { display: grid; gap: var(--s-2) var(--s-4);
    grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); }
  .cells .figures th { grid-column: 1 / -1; font-weight: 600; }
  .cells .figures td { text-align: start; }
  .cells .figures td::before { content: attr(data-head); display: block; color: var(--ink-3);
    font: var(--text-2xs) var(--font-sans); }
}
@media screen and (max-width: 720px) {
  main { padding: var(--s-5) var(--s-5) var(--s-7); }
  h1 { font-size: var(--text-lg); }
  .place-block { grid-template-columns: minmax(0, 1fr); }
  .drifts .rest { columns: 1; }
  .brand { flex-wrap: wrap; }
  section > header p:last-child:not(:nth-child(2)) { margin-inline-start: 0; }
  .tally div { flex-direction: column; gap: 0; min-width: min-content; }
  .contents { gap: 0 var(--s-5); }
  .contents a { display: inline-block; padding-block: var(--s-4); }
  .stack, .stack tbody, .stack tr, .stack td, .stack th { display: block; border: 0 !important; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  .stack td, .stack tbody th { padding: var(--s-1) 0; white-space: normal !important;
    min-width: 0 !important; }
  .stack tr { padding-block: var(--s-4); border-block-start: 1px solid var(--line) !important; }
  .stack th[scope=row] { font-size: var(--text-md); font-weight: 600; width: auto; }
  .stack td, .differences td { display: grid; grid-template-columns: 92px minmax(0, 1fr);
    width: auto; max-width: none; overflow-wrap: anywhere; }
  .stack tbody tr:first-child { border: 0 !important; padding-block-start: 0; }
  .stack td.num { text-align: start; font-family: inherit; font-size: inherit; }
  .stack td::before { content: attr(data-head); color: var(--ink-3); }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .facts dd { margin-block-end: var(--s-3); }
}
@media print {
  :root { color-scheme: light; }
  @page { size: landscape; margin: 12mm; }
  body { background: none; font-size: 11px; }
  main { padding: 0; max-width: none; display: block; }
  main > * + * { margin-block-start: var(--s-6); }
  .contents { display: none; }
  .two { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); }
  .place-block, figure, tr, .cells tbody, .note, pre, .facts { break-inside: avoid; }
  section > header, .cells .place, h3, section > p { break-after: avoid; }
  .say .rest, figcaption { font-size: 9.5px; line-height: 1.35; }
  .say .head { font-size: 12px; }
  .place-block { padding-block: var(--s-3) var(--s-4); }
  thead { display: table-header-group; }
  .over { overflow: visible; }
  .grid { font-size: 10px; }
  .grid td, .grid th { padding-inline-end: var(--s-3); }
  * { print-color-adjust: exact; }
}
"""

STYLE: Final = f"{_TOKENS}{_PAGE}{_TABLES}{_PICTURES}{_MEDIA}{_NARROW}"
