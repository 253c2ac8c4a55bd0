import type { LiveAnswer } from '../../live/live-answer.ts';
import { wrap } from '../../util/wrap.ts';
import { ASCII, formatNs, formatRatioInterval } from '../blocks/numbers.ts';
import { textTable } from '../blocks/text-table.ts';
import { liveLayers, liveMethod, liveRows, liveSentence } from './result.ts';

const WIDTH = 80;

/** An answer for a terminal of 80 columns. */
export function liveText(answer: LiveAnswer): string {
  const { before, after, savingRatio } = answer;
  const layers = liveLayers(answer).map(({ layer, before: from, after: to }) => [
    layer.label,
    formatNs(from, ASCII),
    formatNs(to, ASCII),
  ]);
  const rows = liveRows(answer, ASCII).map((row) => [row.label, row.before, row.after]);
  const table = textTable(
    [
      { label: 'per round trip', align: 'left' },
      { label: before.strategy, align: 'right' },
      { label: after.strategy, align: 'right' },
    ],
    [...rows, ...layers],
    WIDTH,
  );
  const interval =
    savingRatio.low === savingRatio.high
      ? ''
      : ` Saving with 95 % over seeds: ${formatRatioInterval(savingRatio.low, savingRatio.high, ASCII)}.`;
  return `${[
    wrap(liveSentence(answer, ASCII) + interval),
    '',
    ...table,
    '',
    wrap(liveMethod(answer)),
  ].join('\n')}\n`;
}
