import type { Figure } from './document.ts';
import { escapeHtml } from './escape.ts';
import { standaloneSvg } from './standalone-svg.ts';

/** Links to a figure as a picture and to its data as CSV: in the page itself, so that no script and no network is needed. */
export function downloadsHtml(figure: Figure, svg: string): string {
  const csv = figureCsv(figure);
  const links = [
    ...(svg === ''
      ? []
      : [link(`${figure.id}.svg`, 'image/svg+xml', standaloneSvg(svg, figure.description), 'SVG')]),
    ...(csv === '' ? [] : [link(`${figure.id}.csv`, 'text/csv', csv, 'CSV')]),
  ];
  return links.length === 0 ? '' : `<p class="downloads">Save as ${links.join(' or ')}</p>`;
}

function link(file: string, type: string, content: string, label: string): string {
  const name = escapeHtml(file);
  return `<a download="${name}" href="data:${type};charset=utf-8,${percentEncoded(content)}">${label}<span class="hidden"> of ${name}</span></a>`;
}

/** Only what an address or a quoted attribute can't hold, so that the page stays small. */
function percentEncoded(text: string): string {
  return text
    .replace(/[^\w .,:;()/=+*!?@'-]/gu, (each) => encodeURIComponent(each))
    .replaceAll("'", '%27');
}

/** The numbers that a figure is drawn from, unrounded by the text of the page; keys carry their units. */
export function figureCsv({ wide }: Figure): string {
  const rows = rowsOf(wide);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0) return '';
  const lines = rows.map((row) => columns.map((column) => field(row[column])));
  return [columns.map(field), ...lines].map((line) => `${line.join(',')}\n`).join('');
}

type Row = Readonly<Record<string, unknown>>;

function rowsOf(spec: Figure['wide']): readonly Row[] {
  const { data } = spec;
  if (data === undefined || data === null || !('values' in data)) return [];
  return Array.isArray(data.values) ? data.values.filter(isRow) : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

/** As RFC 4180 has it. A text that a spreadsheet would take for a formula starts with an apostrophe. */
function field(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = String(value);
  const inert = /^[=+@\t\r-]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
