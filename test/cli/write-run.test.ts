import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRunFolder } from '../../src/cli/write-run.ts';
import { CAUSE_IDS, type CyclesByCause } from '../../src/cost/causes.ts';
import { type CellResult, RESULTS_SCHEMA_VERSION } from '../../src/experiment/results.ts';
import { temporaryFolder } from './command-line.ts';

let folder = temporaryFolder();
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const cell: CellResult = {
  schemaVersion: RESULTS_SCHEMA_VERSION,
  cellId: 'a',
  scenario: 's',
  machine: 'm',
  strategy: 'kvm-6.14',
  seed: 1,
  roundTrips: 1,
  meanNs: 2,
  p50Ns: 2,
  p99Ns: 2,
  tripNs: [2],
  cyclesPerTrip: Object.fromEntries(CAUSE_IDS.map((id) => [id, 0])) as CyclesByCause,
  hardwareFlushesPerTrip: 0,
  walksPerTrip: 0,
  staleHits: { host: 0, crossVm: 0, guest: 0 },
};

describe('the folder of a run', () => {
  test('has a cell on disk as soon as it is appended', () => {
    const run = openRunFolder(folder.path, 'run', null);
    run.appendCell(cell);
    const text = readFileSync(join(run.path, 'results.jsonl'), 'utf8');
    expect(text).toBe(`${JSON.stringify(cell)}\n`);
    run.abandon();
  });

  test('gets the next number where the name is taken', () => {
    const paths = [1, 2, 3].map(() => openRunFolder(folder.path, 'run', null).path);
    expect(paths).toEqual(['run', 'run-2', 'run-3'].map((name) => join(folder.path, name)));
  });

  test('goes away again when no cell was written', () => {
    openRunFolder(folder.path, 'run', null).abandon();
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('stays when it was there before', () => {
    openRunFolder('unused', 'unused', folder.path).abandon();
    expect(existsSync(folder.path)).toBe(true);
    expect(existsSync('unused')).toBe(false);
  });

  test('keeps finished cells when the run is abandoned', () => {
    const run = openRunFolder(folder.path, 'run', null);
    run.appendCell(cell);
    run.abandon();
    expect(readdirSync(run.path)).toEqual(['results.jsonl']);
  });

  test('is made anew where an unfinished run was, and refused where a finished one is', () => {
    const out = join(folder.path, 'out');
    const first = openRunFolder('unused', 'unused', out);
    first.appendCell(cell);
    first.abandon();
    openRunFolder('unused', 'unused', out).abandon();
    expect(existsSync(join(out, 'results.jsonl'))).toBe(false);
    writeFileSync(join(out, 'manifest.json'), '{}');
    expect(() => openRunFolder('unused', 'unused', out)).toThrow('holds a finished run');
  });
});
