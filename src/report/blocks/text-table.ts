/** A column of a table of plain text. */
export interface TextColumn {
  readonly label: string;
  readonly align: 'left' | 'right';
}

const GAP = '  ';

/**
 * A table in at most `width` columns: heading, rule, rows. The first column is the one that gives
 * way: a name that is too long for it stands on a line of its own, above its numbers.
 * The other columns have to fit; `tableWidth` tells whether they do.
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly string[] {
  const widths = columnWidths(columns, rows);
  const others = widths.slice(1).reduce((sum, each) => sum + GAP.length + each, 0);
  const first = Math.max(1, Math.min(widths[0] ?? 0, width - others));
  const line = (cells: readonly string[]): readonly string[] => {
    const [name = '', ...rest] = cells;
    const padded = rest.map(
      (text, index) => GAP + aligned(text, columns[index + 1], widths[index + 1]),
    );
    const numbers = (lead: string): string => (lead.padEnd(first) + padded.join('')).trimEnd();
    return name.length <= first ? [numbers(name)] : [name, numbers('')];
  };
  return [
    ...line(columns.map((column) => column.label)),
    '-'.repeat(first + others),
    ...rows.flatMap(line),
  ];
}

/** Columns that a table needs when its first column is `firstWidth` wide. */
export function tableWidth(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  firstWidth: number,
): number {
  const widths = columnWidths(columns, rows);
  return widths.slice(1).reduce((sum, each) => sum + GAP.length + each, firstWidth);
}

function columnWidths(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
): readonly number[] {
  return columns.map(({ label }, index) =>
    rows.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), label.length),
  );
}

function aligned(text: string, column: TextColumn | undefined, width = 0): string {
  return column?.align === 'right' ? text.padStart(width) : text.padEnd(width);
}
