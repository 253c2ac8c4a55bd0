import { ALL_COLOURS, CHART_FONT, type Colour } from './theme.ts';

/** Colours of the page beside those of the charts. One accent; red only for what is wrong. */
const PAGE_COLOURS: readonly Colour[] = [
  { name: 'page', light: '#fdfdfb', dark: '#14161a' },
  { name: 'sheet', light: '#f6f6f2', dark: '#1b1e23' },
  { name: 'line', light: '#e2e1db', dark: '#30343c' },
  { name: 'accent', light: '#005d94', dark: '#79bdf0' },
  { name: 'bad', light: '#b3261e', dark: '#ff9d92' },
  { name: 'good', light: '#00694c', dark: '#5fd3ac' },
];

function variables(theme: 'light' | 'dark'): string {
  return [...PAGE_COLOURS, ...ALL_COLOURS].map((each) => `--${each.name}:${each[theme]}`).join(';');
}

/**
 * The whole style sheet of a page: light and dark, from 360 pixels to a wall, and on paper. `own` is what a subject adds
 * for blocks of its own.
 */
export function styleSheet(own: string): string {
  return `
:root{color-scheme:light dark;${variables('light')}}
@media screen and (prefers-color-scheme:dark){:root{${variables('dark')}}}
*{box-sizing:border-box}
html{font-size:clamp(1rem,.9rem + .2vw,1.4rem);-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);font:400 1rem/1.62 ${CHART_FONT};
font-variant-numeric:tabular-nums;text-rendering:optimizeLegibility}
header,main,footer{width:min(52rem,100% - 2rem);margin-inline:auto}
header{padding:clamp(1.2rem,3vw,2.2rem) 0 0}
.context{margin:0 0 .7rem;color:var(--ink-muted);font-size:.82rem;letter-spacing:.03em}
h1{margin:0;font-size:clamp(1.8rem,1.2rem + 2vw,2.6rem);line-height:1.1;font-weight:680;
letter-spacing:-.028em;text-wrap:balance}
.question{margin:.7rem 0 0;color:var(--ink-muted);text-wrap:pretty}
.verdict{margin:.7rem 0 0;padding-left:.9rem;border-left:3px solid var(--line);font-size:.95rem;
line-height:1.5;text-wrap:pretty}
.verdict.bad{border-color:var(--bad);color:inherit;font-weight:inherit}
.verdict.good{border-color:var(--good);color:inherit}
.answer{margin:1.8rem 0 0;font-size:clamp(1.12rem,1rem + .6vw,1.32rem);line-height:1.5;
text-wrap:pretty;padding-left:1.1rem;border-left:3px solid var(--accent)}
.answer.bad{border-color:var(--bad)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.6rem,1fr));gap:1.4rem 2rem;
margin:1.6rem 0 0;padding:0}
.facts div{display:flex;flex-direction:column-reverse;justify-content:flex-end;
border-top:1px solid var(--line);padding-top:.8rem}
.facts dt{color:var(--ink-muted);font-size:.82rem;line-height:1.4}
.facts dd{margin:0;font-size:1.75rem;line-height:1.25;font-weight:600;letter-spacing:-.02em;
white-space:nowrap}
.facts div:first-child dd{color:var(--accent)}

.facts .bad{font-weight:400}
.facts .bad dd,.facts div.bad:first-child dd{color:var(--bad)}
nav{margin:1.6rem 0 0;padding:.9rem 0;border-block:1px solid var(--line);font-size:.86rem}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;margin:0;padding:0;list-style:none}
nav a{color:var(--ink-muted);text-decoration:none}
nav a:hover{color:var(--accent);text-decoration:underline;text-underline-offset:.25em}
section{padding-top:clamp(2rem,4vw,2.8rem);scroll-margin-top:-1rem}
section:has(>.more){padding-top:.4rem}
.more>summary h2{display:inline;font-size:1.05rem;letter-spacing:0}
.more[open]>summary{margin-bottom:1rem}
h2{margin:0 0 1.1rem;font-size:clamp(1.4rem,1.15rem + 1.1vw,1.9rem);line-height:1.2;
font-weight:640;letter-spacing:-.018em;text-wrap:balance}
section.bad h2{color:var(--bad)}
p{margin:0 0 1.1rem;text-wrap:pretty}
section>p,section>ul{max-width:42rem}
section>ul{padding-left:1.1rem}
section>ul li{margin-bottom:.6rem}
section>ul li::marker{color:var(--accent)}
li,td,p,h1,h2{overflow-wrap:break-word}
figure{margin:1.1rem 0 0}
figure svg{display:block;width:100%;height:auto}
figure svg text{font-family:inherit}
.narrow{display:none}
figcaption{margin-top:1rem;color:var(--ink-muted);font-size:.88rem;line-height:1.55;max-width:42rem}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;margin:0 0 .9rem;padding:0;list-style:none;
font-size:.84rem;line-height:1.5}
.legend i{display:inline-block;width:.72em;height:.72em;margin-right:.5em;border-radius:2px}
.legend svg{display:inline-block;width:.82em;height:.82em;margin-right:.45em;vertical-align:-.06em}
details{margin-top:1rem}
.downloads{margin:.5rem 0 0;font-size:.88rem;color:var(--ink-muted)}
.downloads a{color:var(--accent)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
details+p,.scroll+p,figure+p,figure+.scroll{margin-top:1.6rem}
summary{cursor:pointer;color:var(--accent);font-size:.88rem;padding:.2rem 0;width:fit-content}
summary::marker{color:var(--ink-muted)}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
.scroll{margin:1rem 0 1.6rem;overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.86rem;line-height:1.45;min-width:min(100%,30rem)}
caption{caption-side:top;text-align:left;color:var(--ink-muted);padding-bottom:.6rem}
details caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:.32rem 1.4rem .32rem 0;text-align:left;vertical-align:baseline;font-weight:400;
border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:.2rem}
thead th{color:var(--ink-muted);font-size:.92em;vertical-align:bottom;border-color:var(--ink-muted)}
tbody th{position:sticky;left:0;background:var(--page)}
.r{text-align:right;white-space:nowrap}
thead .r{white-space:normal}
td{min-width:3.6rem}
td.long{min-width:14rem}
.bad{color:var(--bad);font-weight:600}
section.bad,.answer.bad{color:inherit;font-weight:inherit}
.strong{font-weight:650}
.good{color:var(--good)}
.quiet{color:var(--ink-muted)}
code{font:.93em/1.5 ui-monospace,'SF Mono',Menlo,Consolas,'Liberation Mono',monospace}
table code{white-space:nowrap}
pre{margin:1rem 0;padding:1rem 1.2rem;overflow-x:auto;background:var(--sheet);
border:1px solid var(--line);border-radius:6px}
footer{margin-top:3rem;padding:1.4rem 0 4rem;border-top:1px solid var(--line);
color:var(--ink-muted);font-size:.82rem}
${own.trim()}
@media (max-width:45rem){.wide{display:none}.narrow{display:block}
th,td{padding-right:1rem}td.long{min-width:14rem}td.phrase{min-width:9rem}.broad{min-width:34rem}
tbody th{max-width:9.5rem}
.facts{grid-template-columns:1fr 1fr}.facts dd{font-size:1.45rem}}
@media print{
:root{color-scheme:light}
html{font-size:10pt}body{background:none}nav,.downloads{display:none}
summary{list-style:none;color:inherit}figure summary{display:none}
header{padding-top:0}.wide{display:block}.narrow{display:none}
section{padding-top:2rem}figure,tr,h2{break-inside:avoid}h2{break-after:avoid}
.scroll{overflow:visible}table{font-size:7.5pt}tbody th{position:static;background:none}
details::details-content{content-visibility:visible;block-size:auto}
td.long{min-width:0}}
`.trim();
}
