import { type Scoreboard, TOPIC_IDS, TOPICS, type ValidationRow } from '../../validation/rows.ts';
import { escapeTerminal } from '../blocks/escape.ts';
import { ASCII, formatNumber } from '../blocks/numbers.ts';
import { type TextColumn, textTable } from '../blocks/text-table.ts';
import { wrapped } from '../run/terminal.ts';
import { validationFinding } from './section.ts';

const WIDTH = 80;
const MANY_ROWS = 30;
const WORDS: Readonly<Record<ValidationRow['status'], string>> = {
  inside: 'in',
  outside: 'OUT',
  notModelled: 'NOT MODELLED',
  awaiting: 'awaiting',
};
const COLUMNS: readonly TextColumn[] = [
  { label: '', align: 'left' },
  { label: 'measured', align: 'right' },
  { label: 'predicted', align: 'right' },
  { label: 'bounds', align: 'right' },
  { label: '', align: 'left' },
];

/** The scoreboard for a terminal of 80 columns: rows by topic, then why those that are out are. */
export function validationText(board: Scoreboard): string {
  const topics = TOPIC_IDS.flatMap((topic) => {
    const rows = board.rows.filter((row) => row.topic === topic);
    return rows.length === 0 ? [] : [...topicLines(TOPICS[topic], rows), ''];
  });
  return `${[...topics, ...wrapped(`${validationFinding(board.summary.validation)}.`)].join('\n')}\n`;
}

function topicLines(title: string, rows: readonly ValidationRow[]): readonly string[] {
  if (rows.length > MANY_ROWS && rows.every((row) => row.inside === true)) {
    return [`${title}: all ${rows.length} in`];
  }
  const units = [...new Set(rows.map((row) => row.unit))];
  const heading = units.length === 1 ? `${title}, ${units[0]}` : title;
  const why = rows.filter((row) => row.why !== '');
  return [
    heading,
    ...textTable(
      COLUMNS,
      rows.map((row) => cells(row, units.length > 1)),
      WIDTH,
    ),
    ...why.flatMap((row) => wrapped(escapeTerminal(`- ${row.id}: ${row.why}`), '  ')),
  ];
}

const number = (value: number): string => formatNumber(Number(value.toPrecision(7)), ASCII);

function cells(row: ValidationRow, withUnit: boolean): readonly string[] {
  const { predicted } = row;
  const mark = row.kind === 'calibration' ? ' (calibration)' : '';
  return [
    escapeTerminal(`${row.id}${withUnit ? `, ${row.unit}` : ''}${mark}`),
    row.measured === null ? '' : number(row.measured),
    predicted === null ? '' : number(predicted.point),
    predicted === null || predicted.low === predicted.high
      ? ''
      : `${number(predicted.low)}..${number(predicted.high)}`,
    WORDS[row.status],
  ];
}
