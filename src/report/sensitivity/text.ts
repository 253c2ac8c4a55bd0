import type { SensitivityResult, UnknownEffect } from '../../sensitivity/sensitivity-result.ts';
import { TERMINAL_COLUMNS, wrap } from '../../util/wrap.ts';
import { escapeTerminal } from '../blocks/escape.ts';
import { ASCII, formatNumber, formatRatio, formatRatioInterval } from '../blocks/numbers.ts';
import { type TextColumn, textTable } from '../blocks/text-table.ts';
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

const EFFECTS: readonly TextColumn[] = [
  { label: 'unknown', align: 'left' },
  { label: 'range', align: 'right' },
  { label: 'alone', align: 'right' },
  { label: 'in all', align: 'right' },
  { label: 'saving from..to', align: 'right' },
];

/** Unknowns that explain something, largest first. */
function telling(result: SensitivityResult): readonly UnknownEffect[] {
  return result.unknowns.filter(({ total }) => total.point >= LEAST_TOTAL).slice(0, MOST_ROWS);
}

function effectRow(each: UnknownEffect): readonly string[] {
  const ends = [each.ratioAtLow, each.ratioAtHigh];
  return [
    each.path,
    `${formatNumber(each.low, ASCII)}..${formatNumber(each.high, ASCII)}`,
    `${(100 * each.first.point).toFixed(0)} %`,
    `${(100 * each.total.point).toFixed(0)} %`,
    formatRatioInterval(Math.min(...ends), Math.max(...ends), ASCII),
  ];
}

function effectLines(result: SensitivityResult): readonly string[] {
  const rows = telling(result).map(effectRow);
  if (rows.length === 0) return paragraph('No unknown changes the answer.');
  return [
    ...paragraph('Share of the variance that an unknown explains, alone and in all:'),
    ...textTable(EFFECTS, rows, TERMINAL_COLUMNS),
  ];
}

function breakEvenLines({ breakEven }: SensitivityResult): readonly string[] {
  if (breakEven === null) return [];
  const columns: readonly TextColumn[] = [
    { label: 'pages in use', align: 'left' },
    ...breakEven.exitsPerSecond.map((rate) => ({
      label: `${formatNumber(rate, ASCII)}/s`,
      align: 'right' as const,
    })),
  ];
  const rows = breakEven.rows.map((row) => [
    String(row.workingSetPages),
    ...row.savingRatios.map((ratio) => formatRatio(ratio, ASCII)),
  ]);
  return [
    ...paragraph('Saving by working set of L2 and by exits per second:'),
    ...textTable(columns, rows, TERMINAL_COLUMNS),
    '',
    ...paragraph(breakEvenWords(breakEven, ASCII)),
  ];
}

/** What an answer depends on, for a terminal: ASCII, 80 columns. */
export function renderSensitivity(result: SensitivityResult): string {
  const lines = [
    ...paragraph(result.question),
    '',
    ...paragraph(sensitivityAnswer(result, ASCII)),
    ...paragraph(sensitivityParts(result)),
    '',
    ...effectLines(result),
    '',
    ...breakEvenLines(result),
    ...paragraph(`${interpolationWords(result)} ${noEffectWords(result)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function paragraph(text: string): readonly string[] {
  return wrap(escapeTerminal(text), '', TERMINAL_COLUMNS).split('\n');
}
