import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readRun } from '../../src/cli/run-folder/read-run.ts';
import { evidenceFor } from '../../src/cli/running/evidence.ts';
import { livePage } from '../../src/cli/running/live-page.ts';
import { renderHtml } from '../../src/report/run/page.ts';
import { summarize } from '../../src/run/summarize.ts';
import { program, stackLines, temporaryFolder } from './command-line.ts';

const EXAMPLE = 'reports/example';
let folder = temporaryFolder();
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe('report', () => {
  test('prints the mail unless told otherwise', async () => {
    const { code, stdout, stderr } = await program('report', EXAMPLE);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Results \(modelled, not measured\)\n/);
    expect(stdout).toBe((await program('report', EXAMPLE, '--format', 'mail')).stdout);
  });

  test('gives the Markdown that the run wrote', async () => {
    const { stdout } = await program('report', EXAMPLE, '--format', 'md');
    expect(stdout).toBe(readFileSync(join(EXAMPLE, 'report.md'), 'utf8'));
  });

  test('gives the page that a run of these cells would write', async () => {
    const { manifest, cells } = readRun(EXAMPLE);
    const summary = summarize(manifest, cells);
    const evidence = await evidenceFor(
      summary,
      cells.map(({ cellId }) => cellId),
    );
    const page = await renderHtml(summary, evidence, livePage(summary));
    expect((await program('report', EXAMPLE, '--format', 'html')).stdout === page).toBe(true);
  });

  test('prints the JSON of a run', async () => {
    const json = JSON.parse((await program('report', EXAMPLE, '--format', 'json')).stdout);
    expect(Object.keys(json)).toEqual(['scenarios', 'report']);
    expect(json.report).toBe(join(EXAMPLE, 'report.html'));
  });

  test('writes to a file, and prints nothing then', async () => {
    const out = join(folder.path, 'cells.parquet');
    const ended = await program('report', EXAMPLE, '--format', 'parquet', '--out', out);
    expect(ended).toEqual({ code: 0, stdout: '', stderr: '' });
    const bytes = readFileSync(out);
    expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual([
      'PAR1',
      'PAR1',
    ]);
  });

  test('has CSV with a row for each cell', async () => {
    const cells = readFileSync(join(EXAMPLE, 'results.jsonl'), 'utf8').trim().split('\n');
    const rows = (await program('report', EXAMPLE, '--format', 'csv')).stdout.trim().split('\n');
    expect(rows).toHaveLength(cells.length + 1);
  });
});

describe('report of what is no run', () => {
  test('says that the folder does not exist', async () => {
    const { code, stderr } = await program('report', join(folder.path, 'none'));
    expect(code).toBe(4);
    expect(stderr).toContain('there is no such folder. Name a folder that');
  });

  test('says that the run did not finish', async () => {
    writeFileSync(join(folder.path, 'results.jsonl'), '');
    const { code, stderr } = await program('report', folder.path);
    expect(code).toBe(4);
    expect(stderr).toContain('did not finish');
  });

  test('says which line is damaged', async () => {
    mkdirSync(join(folder.path, 'run'));
    const copy = (name: string, change = (text: string) => text) =>
      writeFileSync(
        join(folder.path, 'run', name),
        change(readFileSync(join(EXAMPLE, name), 'utf8')),
      );
    copy('manifest.json');
    copy('results.jsonl', (text) => text.slice(0, 5000));
    const { code, stderr } = await program('report', join(folder.path, 'run'), '--format', 'csv');
    expect(code).toBe(4);
    expect(stderr).toMatch(/results\.jsonl:\d+: this is not JSON, perhaps because it was cut off/);
    expect(stackLines(stderr)).toEqual([]);
  });

  test('knows no other format, and says which there are', async () => {
    const { code, stderr } = await program('report', EXAMPLE, '--format', 'pdf');
    expect(code).toBe(2);
    expect(stderr).toContain('mail');
  });

  test('does not write where it may not', async () => {
    const out = join(folder.path, 'no', 'such', 'folder.csv');
    const { code, stderr } = await program('report', EXAMPLE, '--format', 'csv', '--out', out);
    expect(code).toBe(5);
    expect(stderr).toContain('it does not exist');
    expect(existsSync(out)).toBe(false);
  });
});
