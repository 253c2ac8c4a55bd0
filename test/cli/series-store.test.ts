import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { QUICK_BOUNDS } from '../../src/checker/check.ts';
import { openSeriesStore } from '../../src/cli/commands/check/series-store.ts';
import { runSeries } from '../../src/series/run-series.ts';
import { shippedSuites } from '../../src/suite/load-suite.ts';
import { temporaryFolder } from './command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const suite = shippedSuites().find(({ id }) => id === 'cpuid-npt-npt')!;
const request = {
  suites: [suite],
  seeds: 2,
  bounds: { ...QUICK_BOUNDS, maxStates: 300, runs: 0 },
  jobs: 2,
};

describe('what check --series keeps', () => {
  test('is not computed again, and the report is the same', async () => {
    const first = await runSeries(request, () => undefined, openSeriesStore(folder.path));
    const store = openSeriesStore(folder.path);
    const before = readFileSync(store.path, 'utf8');
    expect(store.found).toBe(before.trim().split('\n').length);
    expect(store.verdicts.size).toBeGreaterThan(10);
    const again = await runSeries(request, () => undefined, store);
    expect(again).toEqual(first);
    expect(readFileSync(store.path, 'utf8')).toBe(before);
  });

  test('counts for nothing where a line is cut off or changed', () => {
    const whole = openSeriesStore(folder.path);
    appendFileSync(whole.path, '0123456789abcdef {"kind":"verdict","key":"x","answer":{}}\n{"ki');
    expect(openSeriesStore(folder.path).found).toBe(whole.found);
  });
});
