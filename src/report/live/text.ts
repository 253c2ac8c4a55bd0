import type { LiveAnswer } from '../../live/live-answer.ts';
import { cell, left, paragraph, right, type Table } from '../blocks/document.ts';
import { formatNs } from '../blocks/numbers.ts';
import { terminalText } from '../blocks/terminal.ts';
import { type Safety, safetySentence } from '../safety.ts';
import {
  liveInterval,
  liveLayers,
  liveMethod,
  liveRows,
  liveScope,
  liveSentence,
} from './result.ts';

/** An answer for a terminal of 80 columns. */
export function liveText(answer: LiveAnswer, safety: Safety, baseSafety: Safety): string {
  const { before, after } = answer;
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
  const interval = liveInterval(answer);
  const whole = interval === null ? '' : ` Saving, 95 %: ${interval}.`;
  return terminalText([
    paragraph(liveSentence(answer) + whole),
    paragraph(safetySentence(safety, baseSafety)),
    { kind: 'table', table, folded: false },
    paragraph(`${liveScope(answer)} ${liveMethod(answer)}`),
  ]);
}
