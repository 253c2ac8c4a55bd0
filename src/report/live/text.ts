import type { LiveAnswer } from '../../live/live-answer.ts';
import { cell, left, paragraph, right, type Table } from '../blocks/document.ts';
import { formatNs, formatRatioInterval } from '../blocks/numbers.ts';
import { terminalText } from '../blocks/terminal.ts';
import { liveLayers, liveMethod, liveRows, liveSentence } from './result.ts';

/** An answer for a terminal of 80 columns. */
export function liveText(answer: LiveAnswer): string {
  const { before, after, savingRatio } = answer;
  const layers = liveLayers(answer).map((each) => ({
    label: each.layer.label,
    before: formatNs(each.before),
    after: formatNs(each.after),
  }));
  const table: Table = {
    caption: '',
    columns: [left('per round trip'), right(before.strategy), right(after.strategy)],
    rows: [...liveRows(answer), ...layers].map((row) => [
      cell(row.label),
      cell(row.before),
      cell(row.after),
    ]),
  };
  const interval =
    savingRatio.low === savingRatio.high
      ? ''
      : ` Saving with 95 % over seeds: ${formatRatioInterval(savingRatio.low, savingRatio.high)}.`;
  return terminalText([
    paragraph(liveSentence(answer) + interval),
    { kind: 'table', table, folded: false },
    paragraph(liveMethod(answer)),
  ]);
}
