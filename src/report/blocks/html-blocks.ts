import type { Block, Column, Figure, LegendEntry, Section, Table, TableCell } from './document.ts';
import { downloadsHtml } from './downloads.ts';
import { escapeHtml } from './escape.ts';
import type { Shape } from './theme.ts';

/** Both drawings of a figure, as SVG. */
export interface Drawing {
  readonly wide: string;
  readonly narrow: string;
}

/** Texts of this length get a column that is wide enough to read. */
const LONG_TEXT = 48;
/** And one of more than this wraps to a few lines on a telephone, not to a word in each. */
const PHRASE = 24;
/** From so many columns on a table scrolls on a telephone instead of being squeezed. */
const BROAD_COLUMNS = 5;

export function sectionHtml(section: Section, drawings: ReadonlyMap<string, Drawing>): string {
  const tone = section.tone === 'bad' ? ' class="bad"' : '';
  const blocks = section.blocks.map((block) => blockHtml(block, drawings)).join('\n');
  const heading = `<h2 id="${section.id}-heading">${escapeHtml(section.heading)}</h2>`;
  const name = `aria-labelledby="${section.id}-heading"`;
  const content = section.folded
    ? `<details class="more"><summary>${heading}</summary>\n${blocks}\n</details>`
    : `${heading}\n${blocks}`;
  return `<section id="${section.id}" ${name}${tone}>\n${content}\n</section>`;
}

function blockHtml(block: Block, drawings: ReadonlyMap<string, Drawing>): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}</ul>`;
    case 'command':
      return `<pre tabindex="0"><code>${escapeHtml(block.text)}</code></pre>`;
    case 'transcript':
      return `<details><summary>${escapeHtml(block.title)}</summary>\n<pre tabindex="0"><code>${escapeHtml(block.lines.join('\n'))}</code></pre>\n</details>`;
    case 'table':
      return block.folded
        ? detailsHtml(`${block.table.caption} (${block.table.rows.length} rows)`, block.table)
        : tableHtml(block.table);
    case 'figure':
      return figureHtml(block.figure, drawings);
    case 'more':
      return `<details class="more"><summary>${escapeHtml(block.title)}</summary>\n${block.blocks
        .map((each) => blockHtml(each, drawings))
        .join('\n')}\n</details>`;
  }
}

export function figureHtml(figure: Figure, drawings: ReadonlyMap<string, Drawing>): string {
  const drawing = drawings.get(figure.id) ?? { wide: '', narrow: '' };
  const legend = figure.legend.map(
    (entry) => `<li>${glyphHtml(entry)}${escapeHtml(entry.label)}</li>`,
  );
  return `<figure id="${figure.id}">
<ul class="legend">${legend.join('')}</ul>
<div role="img" aria-label="${escapeHtml(figure.description)}">
<div class="wide">${drawing.wide}</div>
<div class="narrow">${drawing.narrow}</div>
</div>
<figcaption>${escapeHtml(figure.caption)}</figcaption>
${detailsHtml('Show the figures as a table', figure.data)}
${downloadsHtml(figure, drawing.wide)}
</figure>`;
}

/** Each shape of points in a square of 12 by 12. */
const SHAPE_PATHS: Readonly<Record<Shape, string>> = {
  circle: 'M6 1a5 5 0 1 0 .01 0z',
  square: 'M1.6 1.6h8.8v8.8H1.6z',
  diamond: 'M6 .2L11 6 6 11.8 1 6z',
  'triangle-up': 'M6 1.2L11.4 10.6H.6z',
  'triangle-down': 'M6 10.8L11.4 1.4H.6z',
  cross: 'M4.3 1h3.4v3.3H11v3.4H7.7V11H4.3V7.7H1V4.3h3.3z',
};

function glyphHtml({ colour, shape }: LegendEntry): string {
  if (shape === undefined) return `<i style="background:var(--${colour.name})"></i>`;
  const path = `<path d="${SHAPE_PATHS[shape]}" fill="var(--${colour.name})"/>`;
  return `<svg aria-hidden="true" viewBox="0 0 12 12">${path}</svg>`;
}

function detailsHtml(title: string, table: Table): string {
  return `<details><summary>${escapeHtml(title)}</summary>\n${tableHtml(table)}\n</details>`;
}

function tableHtml(table: Table): string {
  const head = table.columns.map(
    (column) => `<th scope="col"${alignClass(column, '')}>${escapeHtml(column.label)}</th>`,
  );
  const rows = table.rows.map(
    (row) =>
      `<tr>${row.map((cell, index) => cellHtml(cell, index, table.columns[index])).join('')}</tr>`,
  );
  const caption = escapeHtml(table.caption);
  const broad = table.columns.length >= BROAD_COLUMNS ? ' class="broad"' : '';
  return `<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table${broad}>
<caption>${caption}</caption>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}

function cellHtml(cell: TableCell, index: number, column: Column | undefined): string {
  const isCode = cell.tone === 'code';
  const tone = isCode || cell.tone === 'plain' ? '' : cell.tone;
  const { length } = cell.text;
  const width = length > LONG_TEXT ? 'long' : length > PHRASE ? 'phrase' : '';
  const text = isCode ? `<code>${escapeHtml(cell.text)}</code>` : escapeHtml(cell.text);
  const classes = alignClass(column, [tone, width].filter((each) => each !== '').join(' '));
  return index === 0 ? `<th scope="row"${classes}>${text}</th>` : `<td${classes}>${text}</td>`;
}

function alignClass(column: Column | undefined, others: string): string {
  const names = [column?.align === 'right' ? 'r' : '', others].filter((each) => each !== '');
  return names.length === 0 ? '' : ` class="${names.join(' ')}"`;
}
