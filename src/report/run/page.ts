import type { RunSummary } from '../../run/results.ts';
import { type Fact, figuresIn, type ReportDocument } from '../blocks/document.ts';
import { drawFigures } from '../blocks/drawings.ts';
import { escapeHtml } from '../blocks/escape.ts';
import { type Drawing, figureHtml, sectionHtml } from '../blocks/html-blocks.ts';
import { htmlPage } from '../blocks/html-page.ts';
import { LIVE_SECTION, type LivePage, liveSectionHtml } from '../live/section.ts';
import { LIVE_STYLE } from '../live/style.ts';
import { type Evidence, reportModel } from './model.ts';
import { reportDocument } from './sections.ts';

/**
 * The report as one HTML file without any request, and without scripts unless it is to be alive.
 * The same summary gives the same bytes. Throws a UserError when there is nothing to compare.
 */
export async function renderHtml(
  summary: RunSummary,
  evidence: Evidence = {},
  live?: LivePage,
): Promise<string> {
  const report = reportDocument(reportModel(summary, evidence));
  const drawings = await drawFigures([
    report.lead,
    ...figuresIn(report.sections.flatMap(({ blocks }) => blocks)),
  ]);
  return page(report, drawings, live);
}

function page(
  report: ReportDocument,
  drawings: ReadonlyMap<string, Drawing>,
  live: LivePage | undefined,
): string {
  const parts = report.sections.map((section) => ({
    id: section.id,
    short: section.short,
    html: sectionHtml(section, drawings),
  }));
  // After the map, whose assumptions it changes.
  const at = parts.findIndex(({ id }) => id === 'break-even') + 1;
  if (live !== undefined) parts.splice(at, 0, { ...LIVE_SECTION, html: liveSectionHtml(live) });
  return htmlPage({
    title: report.title,
    description: report.answer,
    header: [
      `<p class="context">${escapeHtml(report.context)}</p>`,
      `<h1>${escapeHtml(report.title)}</h1>`,
      `<p class="question">${escapeHtml(report.question)}</p>`,
      `<p class="verdict ${report.verdict.tone}">${escapeHtml(report.verdict.text)}</p>`,
    ],
    main: [
      figureHtml(report.lead, drawings),
      `<p class="answer">${escapeHtml(report.answer)}</p>`,
      '<dl class="facts">',
      ...report.facts.map(factHtml),
      '</dl>',
      '<nav aria-label="Contents"><ul>',
      ...parts.map((each) => `<li><a href="#${each.id}">${escapeHtml(each.short)}</a></li>`),
      '</ul></nav>',
      ...parts.map((each) => each.html),
    ],
    footer: `${escapeHtml(report.context)}. `,
    ...(live === undefined ? {} : { style: LIVE_STYLE, script: live.script }),
  });
}

function factHtml(fact: Fact): string {
  const tone = fact.tone === 'bad' ? ' class="bad"' : '';
  return `<div${tone}><dt>${escapeHtml(fact.label)}</dt><dd>${escapeHtml(fact.value)}</dd></div>`;
}
