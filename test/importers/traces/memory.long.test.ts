import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { madeTrace } from '../../../scripts/importer-bench/made-traces.ts';

/** A whole import in a process of its own, as `npm run make -- bench-importers` measures it. */
const CHILD = join(process.cwd(), 'dist/scripts/importer-bench/import-child.js');

interface Usage {
  readonly accesses: number;
  readonly records: number;
  readonly pages: number;
  readonly peakMegabytes: number;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'asidbench-memory-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Imports a made lackey text of a size, and says what that took. */
function importOf(bytes: number): Usage & { lines: number } {
  const path = join(folder, `${bytes}.lk`);
  const file = openSync(path, 'w');
  let lines = 0;
  for (const piece of madeTrace('lackey', bytes)) {
    writeSync(file, piece);
    for (const byte of piece) if (byte === 0x0a) lines += 1;
  }
  closeSync(file);
  const out = join(folder, `${bytes}.ptr.br`);
  const ended = spawnSync(process.execPath, [CHILD, path, out], { encoding: 'utf8' });
  expect(ended.stderr).toBe('');
  return { ...JSON.parse(ended.stdout), lines };
}

describe('an import of a long trace', () => {
  test('keeps every line and takes the memory of a short one', () => {
    const short = importOf(16_000_000);
    const long = importOf(128_000_000);
    // Valgrind's own three lines are no accesses.
    expect(short.accesses).toBe(short.lines - 3);
    expect(long.accesses).toBe(long.lines - 3);
    expect(long.records / short.records).toBeCloseTo(long.lines / short.lines, 0);
    expect(long.pages).toBe(short.pages);
    expect(long.peakMegabytes).toBeLessThan(300);
    expect(long.peakMegabytes - short.peakMegabytes).toBeLessThan(64);
  });
});
