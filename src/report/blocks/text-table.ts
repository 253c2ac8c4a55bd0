import { wrap } from '../../util/wrap.ts';
import type { Column } from './document.ts';

/** A column of a table of plain text. */
export type TextColumn = Pick<Column, 'label' | 'align'>;

const GAP = '  ';
/** What every left-aligned column keeps, however narrow the table. */
const LEAST_COLUMNS = 12;

/**
 * A table in at most `width` columns: heading, rule, rows. Where it is too wide, a name in the first column that is
 * too long for it stands on a line of its own, above its numbers; or texts of left-aligned columns break at spaces,
 * the widest first, where that takes fewer lines. Numbers have to fit; `tableWidth` tells whether they do.
 * A row of a name alone is the heading of those below it.
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const whole = columnWidths(columns, rows);
  const broken = laidOut(columns, rows, narrowed(columns, rows, width), width);
  if (withoutFirst(whole) >= width) return broken;
  const kept = laidOut(columns, rows, whole, width);
  return kept.length <= broken.length ? kept : broken;
}

const withoutFirst = (widths: readonly number[]): number =>
  widths.slice(1).reduce((sum, each) => sum + GAP.length + each, 0);

function laidOut(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  width: number,
): readonly string[] {
  const others = withoutFirst(widths);
  const first = Math.max(1, Math.min(widths[0] ?? 0, width - others));
  const line = (cells: readonly string[]): readonly string[] => {
    const [name = '', ...rest] = cells;
    if (isHeading(cells)) return nameLines(name, width);
    const broken = rest.map((text, index) => wrap(text, '', widths[index + 1]).split('\n'));
    const height = broken.reduce((most, each) => Math.max(most, each.length), 1);
    const isLong = name.length > first;
    const numbers = Array.from({ length: height }, (_, at) => {
      const lead = at > 0 || isLong ? '' : aligned(name, columns[0], first);
      const padded = broken.map(
        (each, index) => GAP + aligned(each[at] ?? '', columns[index + 1], widths[index + 1]),
      );
      return (lead.padEnd(first) + padded.join('')).trimEnd();
    });
    return isLong ? [...nameLines(name, width), ...numbers] : numbers;
  };
  return [
    ...line(columns.map((column) => column.label)),
    '-'.repeat(first + others),
    ...rows.flatMap(line),
  ];
}

/** A text whose words are at most `columns` long: longer ones are cut. */
export function cutWords(text: string, columns: number): string {
  const word = new RegExp(`\\S{${columns}}(?=\\S)`, 'gu');
  return text.replace(word, (piece) => `${piece} `);
}

function nameLines(name: string, width: number): readonly string[] {
  return name.length <= width ? [name] : wrap(cutWords(name, width), '', width).split('\n');
}

/** Widths of the columns, with texts broken as far as `width` asks for it. */
function narrowed(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const widths = [...columnWidths(columns, rows)];
  const least = columnWidths(columns, rows, longestWord).map((each) =>
    Math.max(each, LEAST_COLUMNS),
  );
  let excess = (widths[0] ?? 0) + withoutFirst(widths) - width;
  for (; excess > 0; excess -= 1) {
    let widest = 0;
    for (const [index, column] of columns.entries()) {
      const canGive = index > 0 && column.align === 'left' && widths[index]! > least[index]!;
      if (canGive && (widest === 0 || widths[index]! > widths[widest]!)) widest = index;
    }
    if (widest === 0) break;
    widths[widest]! -= 1;
  }
  return widths;
}

const longestWord = (text: string): number =>
  text.split(' ').reduce((most, word) => Math.max(most, word.length), 0);

/** Columns that a table needs when its first column is `firstWidth` wide. */
export function tableWidth(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  firstWidth: number,
): number {
  return firstWidth + withoutFirst(columnWidths(columns, rows));
}

function columnWidths(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  widthOf = (text: string): number => text.length,
): readonly number[] {
  const measured = rows.filter((row) => !isHeading(row));
  return columns.map(({ label }, index) =>
    measured.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), widthOf(label)),
  );
}

const isHeading = ([, ...rest]: readonly string[]): boolean =>
  rest.length > 0 && rest.every((text) => text === '');

function aligned(text: string, column: TextColumn | undefined, width = 0): string {
  return column?.align === 'right' ? text.padStart(width) : text.padEnd(width);
}
