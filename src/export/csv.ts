import type { CellResult, Manifest } from '../run/results.ts';
import { harmless } from '../util/harmless.ts';
import { CELL_COLUMNS } from './columns.ts';

/**
 * The cells of a run as CSV (RFC 4180, but for lines that end as on Unix): a heading, then a row per
 * cell. Numbers have all their digits; docs/reference/formats.md has the unit of each column.
 */
export function cellsCsv(manifest: Manifest, cells: readonly CellResult[]): string {
  const head = CELL_COLUMNS.map((column) => column.name);
  const rows = cells.map((cell) =>
    CELL_COLUMNS.map((column) => field(column.value(cell, manifest))),
  );
  return [head, ...rows].map((row) => `${row.join(',')}\n`).join('');
}

function field(value: string | number): string {
  if (typeof value === 'number') return Number.isNaN(value) ? '' : String(value);
  const text = inert(harmless(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet runs a cell that begins like a formula; the apostrophe makes it a text. */
function inert(text: string): string {
  return /^[=+\-@\t]/.test(text) ? `'${text}` : text;
}
