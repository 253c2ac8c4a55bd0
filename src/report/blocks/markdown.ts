import type { Block, Figure, Section, Table, TableCell } from './document.ts';
import { escapeHtml, escapeMarkdown, markdownCode } from './escape.ts';

/** A section with its heading. */
export function sectionMarkdown(section: Section): string {
  const mark = section.tone === 'bad' ? '❌ ' : '';
  return [
    `## ${mark}${escapeMarkdown(section.heading)}`,
    ...section.blocks.map(blockMarkdown),
  ].join('\n\n');
}

/** One block as Markdown; a figure becomes the table of its data. */
export function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'list':
      return block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
    case 'command':
      return fenced(block.text, 'sh');
    case 'transcript':
      return detailsMarkdown(block.title, fenced(block.lines.join('\n'), 'text'));
    case 'table':
      return block.folded ? folded(block.table) : tableMarkdown(block.table);
    case 'figure':
      return figureMarkdown(block.figure, block.figure.data.columns.length > 10);
    case 'more':
      return detailsMarkdown(block.title, block.blocks.map(blockMarkdown).join('\n\n'));
  }
}

export function figureMarkdown(figure: Figure, isWide: boolean): string {
  return isWide ? folded(figure.data) : tableMarkdown(figure.data);
}

function folded(table: Table): string {
  return detailsMarkdown(table.caption, tableMarkdown(table));
}

function detailsMarkdown(title: string, content: string): string {
  return `<details><summary>${escapeHtml(title)}</summary>\n\n${content}\n\n</details>`;
}

function fenced(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function tableMarkdown(table: Table): string {
  const head = table.columns.map((column) => escapeMarkdown(column.label));
  const rule = table.columns.map((column) => (column.align === 'right' ? '--:' : ':--'));
  const rows = table.rows.map((row) => row.map(cellMarkdown));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellMarkdown(cell: TableCell): string {
  if (cell.text === '') return '';
  if (cell.tone === 'code') return markdownCode(cell.text);
  const text = escapeMarkdown(cell.text);
  return cell.tone === 'bad' ? `**${text}**` : text;
}
