import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type QueryResult, queryRuns } from '../../src/cli/query/database.ts';
import { resultText } from '../../src/cli/query/result-text.ts';
import { SAVINGS_VIEW, TABLES } from '../../src/cli/query/tables.ts';
import { readRun } from '../../src/cli/run-folder/read-run.ts';
import { summarize } from '../../src/run/summarize.ts';
import { program, stackLines, temporaryFolder } from './command-line.ts';

const run = readRun('reports/example');
const ask = (sql: string) => queryRuns(sql, [run]);

describe('query', () => {
  test('sees every cell, cause and trip', async () => {
    const { rows } = await ask(`SELECT (SELECT count(*) FROM cells), (SELECT count(*) FROM trips),
      (SELECT count(DISTINCT cause) FROM causes), (SELECT count(*) FROM behaviours) > 0,
      (SELECT count(*) FROM parameters) > 0, (SELECT count(*) FROM scenarios), (SELECT cells FROM runs)`);
    const trips = run.cells.reduce((sum, cell) => sum + cell.tripNs.length, 0);
    const causes = Object.keys(run.cells[0]!.cyclesPerTrip).length;
    const { scenarios } = run.manifest;
    expect(rows).toEqual([
      [run.cells.length, trips, causes, true, true, scenarios.length, run.cells.length],
    ]);
  });

  test('pairs savings as the report does', async () => {
    const { rows } = await ask(`SELECT scenario, strategy, avg(savingNs),
      1 - sum(afterNs) / sum(beforeNs) FROM savings GROUP BY ALL ORDER BY ALL`);
    const expected = summarize(run.manifest, run.cells)
      .scenarios.flatMap(({ id, comparisons }) =>
        comparisons.map(({ strategy, savingNs, savingRatio }) => ({
          name: `${id} ${strategy}`,
          savingNs: savingNs.point,
          savingRatio: savingRatio.point,
        })),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(rows.map(([scenario, strategy]) => `${scenario} ${strategy}`)).toEqual(
      expected.map((each) => each.name),
    );
    for (const [index, [, , savingNs, ratio]] of rows.entries()) {
      expect(savingNs).toBeCloseTo(expected[index]!.savingNs, 6);
      expect(ratio).toBeCloseTo(expected[index]!.savingRatio, 9);
    }
  });

  test('has the cycles of a cell in causes as in cells', async () => {
    const { rows } =
      await ask(`SELECT max(abs(c.refillTlbCyclesPerTrip - s.cyclesPerTrip)), count(*)
      FROM cells c JOIN causes s USING (run, scenario, machine, strategy, seed)
      WHERE s.cause = 'refillTlb'`);
    expect(rows).toEqual([[0, run.cells.length]]);
  });

  test('tells several runs apart by their folders', async () => {
    const other = { ...run, folder: 'other' };
    const result = await queryRuns('SELECT run FROM runs ORDER BY run', [run, other]);
    expect(result.rows).toEqual([['other'], ['reports/example']]);
  });

  test.each([
    ['two statements', 'SELECT 1; SELECT 2', 'there are 2 statements. Write one SELECT'],
    ['nothing', '  ', 'the SQL is empty'],
    ['a deletion', 'DELETE FROM cells', 'it does something else than read'],
    ['a file that it would read', "SELECT * FROM read_csv('package.json')", 'disabled'],
    ['a setting', 'SET threads = 4', 'it does something else than read'],
    ['an extension', 'INSTALL httpfs', 'it does something else than read'],
    ['a typing error', 'SELEC 1', 'syntax error at or near "SELEC". Tables are cells,'],
    ['an unknown table', 'SELECT * FROM nope', 'Table with name nope does not exist. Tables are'],
    ['an unknown column', 'SELECT meanNS2 FROM cells', 'meanNS2'],
  ])('refuses %s in one sentence', async (_, sql, message) => {
    const error: unknown = await ask(sql).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'UserError', kind: 'usage' });
    expect(String(error)).toContain(message);
    expect(String(error)).not.toContain('\n');
  });

  test('writes no file', async () => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'out.csv');
    await expect(ask(`COPY cells TO '${path}'`)).rejects.toThrow();
    expect(existsSync(path)).toBe(false);
    folder.remove();
  });

  test('says what to install when DuckDB is not there', async () => {
    const missing = () => Promise.reject(new Error("Cannot find package '@duckdb/node-api'"));
    await expect(queryRuns('SELECT 1', [run], missing)).rejects.toThrow(
      'it needs DuckDB, an optional package that is not here ' +
        "(Cannot find package '@duckdb/node-api'). Install it with",
    );
  });
});

describe('the command', () => {
  let folder = temporaryFolder();
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  test('prints a table, or all digits as JSON', async () => {
    const sql = "SELECT count(*) AS n, 'x' AS word FROM cells";
    const { code, stdout } = await program('query', sql, 'reports/example');
    expect(code).toBe(0);
    expect(stdout).toBe(`${'  n  word'}\n---------\n${run.cells.length}  x\n(1 row)\n`);
    const json = (await program('query', sql, 'reports/example', '--json')).stdout;
    expect(JSON.parse(json)).toEqual({ columns: ['n', 'word'], rows: [[run.cells.length, 'x']] });
  });

  test('ends with one sentence and exit code 2 for wrong SQL', async () => {
    const { code, stderr } = await program('query', 'SELECT', 'reports/example');
    expect(code).toBe(2);
    expect(stackLines(stderr)).toEqual([]);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('says in its help which columns each table has', async () => {
    const { stdout } = await program('query', '--help');
    const words = stdout.split(/[\s,]+/);
    for (const { name, columns } of TABLES) {
      expect(words).toContain(name);
      for (const [column] of columns) {
        if (!column.endsWith('CyclesPerTrip')) expect(words, name).toContain(column);
      }
    }
    for (const column of SAVINGS_VIEW.columns) expect(words).toContain(column);
  });
});

describe('the table of an answer', () => {
  const wide = (...texts: string[]): QueryResult => ({
    columns: texts.map((_, index) => `c${index}`),
    rows: [texts],
  });
  const longest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

  test('cuts the widest texts first', () => {
    const text = resultText(wide('a'.repeat(100), 'b'.repeat(30)));
    expect(longest(text)).toBe(80);
    expect(text).toContain(`${'a'.repeat(45)}...  ${'b'.repeat(30)}`);
  });

  test('puts columns below each other when they do not fit, and cuts nothing then', () => {
    const text = resultText(wide(...Array.from({ length: 9 }, (_, i) => `${i} word`.repeat(9))));
    expect(longest(text)).toBeLessThanOrEqual(80);
    expect(text).not.toContain('...');
    expect(text).toMatch(/^c0 {2}0 word/);
  });

  test('shows numbers to six digits, and no value as nothing', () => {
    const result = { columns: ['a', 'b', 'c'], rows: [[1 / 3, 1234567.89, null]] };
    expect(resultText(result)).toBe(
      '       a        b  c\n--------------------\n0.333333  1234568\n(1 row)\n',
    );
  });

  test('lets no control character through', () => {
    expect(resultText(wide('\u001b[2J'))).not.toContain('\u001b');
  });
});
