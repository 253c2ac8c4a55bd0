import type { RunSummary } from '../../run/results.ts';
import type { ReportDocument } from '../blocks/document.ts';
import { escapeMarkdown } from '../blocks/escape.ts';
import { figureMarkdown, sectionMarkdown } from '../blocks/markdown.ts';
import { type Evidence, reportModel } from './model.ts';
import { reportDocument } from './sections.ts';

/**
 * The report as GitHub's Markdown, with the data of each figure as a table in its place.
 * Throws a UserError when there is nothing to compare.
 */
export function renderMarkdown(summary: RunSummary, evidence: Evidence = {}): string {
  // docs/evidence/validation.md has the scoreboard as Markdown.
  const { validation: _, ...shown } = evidence;
  const report = reportDocument(reportModel(summary, shown));
  const parts = [
    `# ${escapeMarkdown(report.title)}`,
    escapeMarkdown(report.context),
    `*${escapeMarkdown(report.question)}*`,
    `**${escapeMarkdown(report.answer)}**`,
    `**${escapeMarkdown(report.verdict.text)}**`,
    factList(report),
    figureMarkdown(report.lead, false),
    ...report.sections.map(sectionMarkdown),
  ];
  return `${parts.join('\n\n')}\n`;
}

function factList(report: ReportDocument): string {
  return report.facts
    .map((fact) => `- **${escapeMarkdown(fact.value)}** ${escapeMarkdown(fact.label)}`)
    .join('\n');
}
