import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dataPath } from '../../src/inputs/load-data.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';
import type { Suite } from '../../src/suite/suite.ts';
import { userErrorOf } from '../inputs/helpers.ts';

const SQLITE = fileURLToPath(new URL('../../suites/headline/db-sqlite-l2.yaml', import.meta.url));
const TRACE = dataPath('page-traces', 'sqlite-10M.ptr.br');

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'asidbench-beside-'));
  folder = join(parent, 'own');
  mkdirSync(join(folder, 'below'), { recursive: true });
});
afterEach(() => {
  rmSync(parent, { recursive: true });
});

/** The SQLite suite with another trace, and short. */
function suiteWith(trace: string): string {
  const path = join(folder, 'own.yaml');
  const text = readFileSync(SQLITE, 'utf8')
    .replace('trace: sqlite-10M', `trace: ${trace}`)
    .replace('{warmUp: 15, measured: 60}', '{warmUp: 1, measured: 3}');
  writeFileSync(path, text);
  return path;
}

function load(trace: string): Suite {
  return loadSuites(suiteWith(trace))[0]!;
}

function firstCell(suite: Suite) {
  const request = { machines: null, strategies: null, seeds: null, jobs: 1, command: '' };
  return planCells({ suites: [suite], ...request })[0]!;
}

describe('a page trace beside the suite', () => {
  test('runs as the same trace of the package does', () => {
    writeFileSync(join(folder, 'below/mine.ptr.br'), readFileSync(TRACE));
    const own = firstCell(load('{file: below/mine.ptr.br}'));
    const shipped = firstCell(load('sqlite-10M'));
    const { cellId: ownId, ...ownResult } = runCell(own);
    const { cellId: shippedId, ...shippedResult } = runCell(shipped);
    expect(ownResult).toEqual(shippedResult);
    expect(ownId).not.toBe(shippedId);
  });

  test('names other results when its bytes change', () => {
    const path = join(folder, 'mine.ptr.br');
    writeFileSync(path, 'one');
    const before = firstCell(load('{file: mine.ptr.br}')).cellId;
    writeFileSync(path, 'two');
    expect(firstCell(load('{file: mine.ptr.br}')).cellId).not.toBe(before);
  });

  test.each([
    '../mine.ptr.br',
    'below/../../mine.ptr.br',
    '..',
    '.',
    './mine.ptr.br',
    'below//mine.ptr.br',
    'below/',
    '/etc/passwd',
    '"C:\\\\mine.ptr.br"',
    '"below\\\\..\\\\mine.ptr.br"',
    '""',
  ])('is refused as %s, which could lie elsewhere', (file) => {
    writeFileSync(join(parent, 'mine.ptr.br'), 'outside');
    const message = userErrorOf(() => load(`{file: ${file}}`));
    expect(message).toMatch(/own\.yaml:\d+:\d+ workload\.trace/);
    expect(message).toContain('in the folder of this suite or below it');
  });

  test.each(['link.ptr.br', 'linked/mine.ptr.br'])('is refused behind a link: %s', (file) => {
    writeFileSync(join(parent, 'mine.ptr.br'), 'outside');
    symlinkSync(join(parent, 'mine.ptr.br'), join(folder, 'link.ptr.br'));
    symlinkSync(parent, join(folder, 'linked'));
    expect(userErrorOf(() => load(`{file: ${file}}`))).toContain(
      'is a link that leaves the folder',
    );
  });

  test('may be a link to a file below the same folder', () => {
    writeFileSync(join(folder, 'below/mine.ptr.br'), 'inside');
    symlinkSync('below/mine.ptr.br', join(folder, 'link.ptr.br'));
    expect(load('{file: link.ptr.br}').traceFile!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is a file and there', () => {
    expect(userErrorOf(() => load('{file: none.ptr}'))).toContain('there is no file "none.ptr"');
    expect(userErrorOf(() => load('{file: below}'))).toContain('"below" is not a file');
  });

  test('is refused when no time passes in it, which would never end', () => {
    const header = {
      format: 'PTR1',
      name: 'still',
      source: 'a test',
      pageSize: 4096,
      pages: 1,
      records: 1,
      instructions: 0,
      sections: [1, 1, 1],
    };
    const line = Buffer.from(`${JSON.stringify(header)}\n`);
    writeFileSync(join(folder, 'still.ptr'), Buffer.concat([line, Buffer.from([2, 0, 0])]));
    const message = userErrorOf(() => runCell(firstCell(load('{file: still.ptr}'))));
    expect(message).toContain('still.ptr: the trace executes no instruction');
  });

  test('is named in the error when it is no page trace', () => {
    writeFileSync(join(folder, 'mine.ptr'), 'no trace\n');
    const message = userErrorOf(() => runCell(firstCell(load('{file: mine.ptr}'))));
    expect(message).toContain('mine.ptr: line 1 is not the JSON header of a PTR1 page trace');
  });
});
