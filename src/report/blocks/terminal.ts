import { TERMINAL_COLUMNS, wrap } from '../../util/wrap.ts';
import type { Block, Table } from './document.ts';
import { plainAscii } from './escape.ts';
import { numbersInAscii } from './numbers.ts';
import { cutWords, tableWidth, textTable } from './text-table.ts';

const INDENT = '  ';
/** A row's name has at least this much room beside its numbers. */
const LEAST_NAME = 8;

const ascii = (text: string): string => plainAscii(numbersInAscii(text));

/**
 * Blocks as ASCII in at most `columns` columns, a blank line between them; the text ends with a newline. Figures
 * become the tables of their data; of what is folded stands its title. Words that are longer than a line are cut,
 * but commands stay as they are.
 */
export function terminalText(blocks: readonly Block[], columns = TERMINAL_COLUMNS): string {
  return `${blocks.map((block) => blockLines(block, columns).join('\n')).join('\n\n')}\n`;
}

function blockLines(block: Block, columns: number): readonly string[] {
  switch (block.kind) {
    case 'paragraph':
      return paragraphLines(block.text, columns);
    case 'list':
      return block.items.flatMap((item) => itemLines(item, columns));
    case 'command':
      return [INDENT + ascii(block.text)];
    case 'transcript': {
      const lines = block.lines.map((line) => `${INDENT}${INDENT}${ascii(line)}`);
      return [...paragraphLines(`${block.title}:`, columns), ...lines];
    }
    case 'table':
      return block.folded
        ? paragraphLines(block.table.caption, columns)
        : tableLines(block.table, columns);
    case 'figure':
      return tableLines(block.figure.data, columns);
    case 'more':
      return paragraphLines(block.title, columns);
  }
}

function paragraphLines(text: string, columns: number): readonly string[] {
  return wrap(cutWords(ascii(text), columns), '', columns).split('\n');
}

function itemLines(text: string, columns: number): readonly string[] {
  return `- ${wrap(cutWords(ascii(text), columns - INDENT.length), INDENT, columns).slice(INDENT.length)}`.split(
    '\n',
  );
}

/** Caption and table, without details where they don't fit. */
function tableLines(table: Table, columns: number): readonly string[] {
  const all = table.columns.map((_, index) => index);
  const rows = table.rows.map((row) => row.map(({ text }) => ascii(text)));
  const picked = (indices: readonly number[]) =>
    [
      indices.map((index) => ({
        ...table.columns[index]!,
        label: ascii(table.columns[index]!.label),
      })),
      rows.map((row) => indices.map((index) => row[index] ?? '')),
    ] as const;
  const firstWidth = rows.reduce((most, row) => Math.max(most, row[0]?.length ?? 0), LEAST_NAME);
  const fits = tableWidth(...picked(all), firstWidth) <= columns;
  const shown = fits ? all : all.filter((index) => table.columns[index]?.isDetail !== true);
  return [
    ...(table.caption === '' ? [] : paragraphLines(`${table.caption}:`, columns)),
    ...textTable(...picked(shown), columns),
  ];
}
