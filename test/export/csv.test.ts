import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CELL_COLUMNS } from '../../src/export/columns.ts';
import { cellsCsv } from '../../src/export/csv.ts';
import { cells, manifest } from './cells.ts';

const lines = cellsCsv(manifest, cells).split('\n');

describe('the cells as CSV', () => {
  test('are a heading, a row per cell and an end of line', () => {
    expect(lines[0]).toBe(CELL_COLUMNS.map((column) => column.name).join(','));
    expect(lines).toHaveLength(cells.length + 2);
    expect(lines.at(-1)).toBe('');
  });

  test('have all digits of the results', () => {
    const names = lines[0]!.split(',');
    const first = lines[1]!.split(',');
    const field = (name: string) => first[names.indexOf(name)];
    const cell = cells[0]!;
    expect(field('scenario')).toBe(cell.scenario);
    expect(Number(field('meanNs'))).toBe(cell.meanNs);
    expect(Number(field('refillTlbCyclesPerTrip'))).toBe(cell.cyclesPerTrip.refillTlb);
    expect(field('frequencyGhz')).toBe('3.5');
  });

  test('have the cycles of all causes adding up to the mean', () => {
    const names = lines[0]!.split(',');
    for (const line of lines.slice(1, -1)) {
      const row = line.split(',').map(Number);
      const cycles = names.reduce(
        (sum, name, index) => (name.endsWith('CyclesPerTrip') ? sum + row[index]! : sum),
        0,
      );
      const ns = cycles / row[names.indexOf('frequencyGhz')]!;
      expect(ns).toBeCloseTo(row[names.indexOf('meanNs')]!, 1);
    }
  });

  test('quote what a separator or a quote is in', () => {
    const odd = cells.slice(0, 1).map((cell) => ({ ...cell, strategy: 'a,"b"\nc' }));
    expect(cellsCsv(manifest, odd)).toContain(',"a,""b""\nc",');
  });
});

describe('the columns', () => {
  test('are a table of docs/reference/formats.md, with one row for all causes', () => {
    const formats = readFileSync('docs/reference/formats.md', 'utf8');
    const [, table = ''] = formats.split('| column | unit | meaning |\n|---|---|---|\n');
    const rows = table.split('\n\n')[0]!.split('\n');
    const isOfCause = ({ name }: (typeof CELL_COLUMNS)[number]) => name.endsWith('CyclesPerTrip');
    const own = CELL_COLUMNS.filter((column) => !isOfCause(column));
    const expected = own.map(({ name, unit, what }) => `| \`${name}\` | ${unit} | ${what} |`);
    expected.splice(
      CELL_COLUMNS.findIndex(isOfCause),
      0,
      expect.stringMatching(/^\| `…CyclesPerTrip` \| cycles \| /),
    );
    expect(rows).toEqual(expected);
  });
});
