import { renderSvgs } from '../charts/render-svg.ts';
import type { RunSummary } from '../experiment/results.ts';
import type { Fact, Figure, ReportDocument } from './document.ts';
import { escapeHtml } from './escape.ts';
import { type Drawing, figureHtml, sectionHtml } from './html-blocks.ts';
import { type Evidence, reportDocument } from './sections.ts';
import { styleSheet } from './style.ts';

/** The page may load nothing and run nothing, which also proves that it calls nowhere. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/**
 * The report as one HTML file without scripts and without any request.
 * The same summary gives the same bytes. Throws a UserError when there is nothing to compare.
 */
export async function renderHtml(summary: RunSummary, evidence: Evidence = {}): Promise<string> {
  const report = reportDocument(summary, evidence);
  const drawings = await draw(figuresOf(report));
  return `${page(report, drawings)}\n`;
}

function figuresOf(report: ReportDocument): readonly Figure[] {
  const blocks = report.sections.flatMap((section) => section.blocks);
  return [
    report.lead,
    ...blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure] : [])),
  ];
}

async function draw(figures: readonly Figure[]): Promise<ReadonlyMap<string, Drawing>> {
  const svgs = await renderSvgs(figures.flatMap((figure) => [figure.wide, figure.narrow]));
  return new Map(
    figures.map((figure, index) => [
      figure.id,
      { wide: svgs[index * 2] ?? '', narrow: svgs[index * 2 + 1] ?? '' },
    ]),
  );
}

function page(report: ReportDocument, drawings: ReadonlyMap<string, Drawing>): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_SECURITY_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${escapeHtml(report.answer)}">
<title>${escapeHtml(report.title)} · asidbench</title>
<link rel="icon" href="data:,">
<style>
${styleSheet()}
</style>
</head>
<body>
<header>
<p class="context">${escapeHtml(report.context)}</p>
<h1>${escapeHtml(report.title)}</h1>
<p class="question">${escapeHtml(report.question)}</p>
<p class="answer${report.safe ? '' : ' bad'}">${escapeHtml(report.answer)}</p>
</header>
<main>
<dl class="facts">
${report.facts.map(factHtml).join('\n')}
</dl>
${figureHtml(report.lead, drawings)}
<nav aria-label="Contents"><ul>
${report.sections.map((each) => `<li><a href="#${each.id}">${escapeHtml(each.short)}</a></li>`).join('\n')}
</ul></nav>
${report.sections.map((section) => sectionHtml(section, drawings)).join('\n')}
</main>
<footer>${escapeHtml(report.context)}. This page loads nothing and runs nothing.</footer>
</body>
</html>`;
}

function factHtml(fact: Fact): string {
  const tone = fact.tone === 'bad' ? ' class="bad"' : '';
  return `<div${tone}><dt>${escapeHtml(fact.label)}</dt><dd>${escapeHtml(fact.value)}</dd></div>`;
}
