import type { LiveAnswer } from '../../live/live-answer.ts';
import { wrap } from '../../util/wrap.ts';
import { ASCII, formatNs } from '../blocks/numbers.ts';
import { textTable } from '../blocks/text-table.ts';
import { type Safety, safetySentence } from '../safety.ts';
import { liveInterval, liveLayers, liveMethod, liveRows, liveSentence } from './result.ts';

const WIDTH = 80;

/** An answer for a terminal of 80 columns. */
export function liveText(answer: LiveAnswer, safety: Safety, baseSafety: Safety): string {
  const { before, after } = answer;
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
  const interval = liveInterval(answer, ASCII);
  const whole = interval === null ? '' : ` Saving, 95 %: ${interval}.`;
  return `${[
    wrap(liveSentence(answer, ASCII) + whole),
    wrap(safetySentence(safety, baseSafety)),
    '',
    ...table,
    '',
    wrap(liveMethod(answer)),
  ].join('\n')}\n`;
}
