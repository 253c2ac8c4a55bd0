import { escapeTerminal } from '../../report/escape.ts';
import { TERMINAL_COLUMNS, wrap } from '../../util/wrap.ts';
import type { Answer, QueryResult } from './database.ts';

const GAP = '  ';
/** A column of text is not made narrower than this; then rows are printed one below the other. */
const NARROWEST = 12;

/**
 * The answer as a table of at most 80 columns. Numbers are shown to six digits or as whole numbers (`--json` has all).
 * Long texts are cut; when even that doesn't fit, each row becomes a block of lines.
 */
export function resultText({ columns, rows }: QueryResult): string {
  const count = `(${rows.length} row${rows.length === 1 ? '' : 's'})\n`;
  const texts = rows.map((row) => row.map(valueText));
  const isNumber = columns.map((_, index) => rows.every((row) => isNumeric(row[index] ?? null)));
  const natural = columns.map((name, index) =>
    texts.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), name.length),
  );
  const widths = fitted(natural, isNumber);
  if (widths === undefined) return `${blocks(columns, texts)}${count}`;
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, index) => placed(text, widths[index] ?? 0, isNumber[index] === true))
      .join(GAP)
      .trimEnd();
  const rule = '-'.repeat(
    widths.reduce((sum, each) => sum + each, GAP.length * (widths.length - 1)),
  );
  return `${[line(columns), rule, ...texts.map(line)].join('\n')}\n${count}`;
}

/** Widths that fit, taken from the widest texts first; undefined when they can't. */
function fitted(
  natural: readonly number[],
  isNumber: readonly boolean[],
): readonly number[] | undefined {
  const room = TERMINAL_COLUMNS - GAP.length * (natural.length - 1);
  const widths = [...natural];
  let excess = widths.reduce((sum, each) => sum + each, 0) - room;
  while (excess > 0) {
    const widest = widths.reduce(
      (best, width, index) =>
        isNumber[index] !== true && width > (widths[best] ?? 0) ? index : best,
      isNumber.indexOf(false),
    );
    const width = widths[widest];
    if (width === undefined || width <= NARROWEST) return undefined;
    widths[widest] = width - 1;
    excess -= 1;
  }
  return widths;
}

function placed(text: string, width: number, toTheRight: boolean): string {
  if (toTheRight) return text.padStart(width);
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 3)}...`;
}

function blocks(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = columns.reduce((most, name) => Math.max(most, name.length), 0);
  const hanging = ' '.repeat(width + GAP.length);
  const lines = (row: readonly string[]): string =>
    columns
      .map((name, index) => {
        const body = wrap(row[index] ?? '', hanging).slice(hanging.length);
        return `${name.padEnd(width)}${GAP}${body}`.trimEnd();
      })
      .join('\n');
  return rows.map((row) => `${lines(row)}\n\n`).join('');
}

function isNumeric(value: Answer): boolean {
  return value === null || typeof value === 'number';
}

function valueText(value: Answer): string {
  if (value === null) return '';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return escapeTerminal(value);
  return escapeTerminal(JSON.stringify(value));
}

function numberText(value: number): string {
  const isLarge = Math.abs(value) >= 100_000;
  return String(isLarge ? Math.round(value) : Number(value.toPrecision(6)));
}
