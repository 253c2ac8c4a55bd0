import type { SensitivityResult } from '../../sensitivity/sensitivity-result.ts';
import { type Block, cell, left, paragraph, right, type Table } from '../blocks/document.ts';
import { formatNumber, formatRatio, formatRatioInterval, PAGE } from '../blocks/numbers.ts';
import { terminalText } from '../blocks/terminal.ts';
import {
  breakEvenWords,
  interpolationWords,
  noEffectWords,
  sensitivityAnswer,
  sensitivityParts,
} from './uncertainty-words.ts';

const MOST_ROWS = 12;
/** An unknown that explains less than this is not worth a line. */
const LEAST_TOTAL = 0.005;

/** What an answer depends on, for a terminal: ASCII, 80 columns. */
export function renderSensitivity(result: SensitivityResult): string {
  return terminalText([
    paragraph(result.question),
    paragraph(`${sensitivityAnswer(result)} ${sensitivityParts(result)}`),
    ...effects(result),
    ...breakEven(result),
    paragraph(`${interpolationWords(result)} ${noEffectWords(result)}`),
  ]);
}

const table = (content: Table): Block => ({ kind: 'table', table: content, folded: false });

/** Unknowns that explain something, largest first. */
function effects({ unknowns }: SensitivityResult): readonly Block[] {
  const telling = unknowns.filter(({ total }) => total.point >= LEAST_TOTAL).slice(0, MOST_ROWS);
  if (telling.length === 0) return [paragraph('No unknown changes the answer.')];
  const percent = (share: number) => cell(`${(100 * share).toFixed(0)} %`);
  const rows = telling.map(({ path, low, high, first, total, ratioAtLow, ratioAtHigh }) => {
    const ends = [ratioAtLow, ratioAtHigh];
    return [
      cell(path),
      cell(`${formatNumber(low)}${PAGE.to}${formatNumber(high)}`),
      percent(first.point),
      percent(total.point),
      cell(formatRatioInterval(Math.min(...ends), Math.max(...ends))),
    ];
  });
  return [
    table({
      caption: 'Share of the variance that an unknown explains, alone and in all',
      columns: [
        left('unknown'),
        right('range'),
        right('alone'),
        right('in all'),
        right('saving from..to'),
      ],
      rows,
    }),
  ];
}

function breakEven({ breakEven: map }: SensitivityResult): readonly Block[] {
  if (map === null) return [];
  return [
    table({
      caption: 'Saving by working set of L2 and by exits per second',
      columns: [
        left('pages in use'),
        ...map.exitsPerSecond.map((rate) => right(`${formatNumber(rate)}/s`)),
      ],
      rows: map.rows.map((row) => [
        cell(String(row.workingSetPages)),
        ...row.savingRatios.map((ratio) => cell(formatRatio(ratio))),
      ]),
    }),
    paragraph(breakEvenWords(map)),
  ];
}
