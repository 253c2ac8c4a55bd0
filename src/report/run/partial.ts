import type { ReportDocument } from '../blocks/document.ts';
import { formatNumber } from '../blocks/numbers.ts';
import type { ReportModel } from './model.ts';

/** The report of a run that was stopped says so in its title and before its answer; any other is as it was. */
export function markedPartial(
  { evidence: { partial } }: ReportModel,
  report: ReportDocument,
): ReportDocument {
  if (partial === undefined) return report;
  const cells = `${formatNumber(partial.finishedCells)} of ${formatNumber(partial.cells)} cells`;
  const note =
    `PARTIAL: this run was stopped, and what follows is of ${cells}. ` +
    `Go on with: ${partial.command}.`;
  return {
    ...report,
    title: `PARTIAL: ${report.title}`,
    answer: `${note} ${report.answer}`,
  };
}
