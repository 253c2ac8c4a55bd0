import { beforeAll, describe, expect, test } from 'vitest';
import { machineById } from '../../src/hardware/presets/index.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { renderSensitivity } from '../../src/report/sensitivity/text.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { analyseSensitivity } from '../../src/sensitivity/analyse.ts';
import { breakEvenPoint } from '../../src/sensitivity/break-even.ts';
import type { SensitivityResult } from '../../src/sensitivity/sensitivity-result.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';

const suites = loadSuites('suites/headline');

/** A suite with few and short trips: a test of the method, not of the model. */
function analyse(id: string, exits?: number): Promise<SensitivityResult | undefined> {
  const suite = suites.find((each) => each.id === id)!;
  const { workload } = suite;
  const faster =
    workload.kind === 'program' && exits !== undefined
      ? { ...workload, exitsPerSecond: { ...workload.exitsPerSecond, nominal: exits, low: exits } }
      : workload;
  const short = {
    ...suite,
    workload: faster,
    trips: { warmUp: 5, measured: 10 },
    seeds: { first: 1, count: 3 },
  };
  return analyseSensitivity(
    {
      suite: short,
      machine: machineById('zen3-milan')!,
      before: strategyById('kvm-6.14')!,
      after: strategyById('rfc-2025-03')!,
      suites,
    },
    async (cells) => cells.map(runCell),
  );
}

const total = (result: SensitivityResult, path: string) =>
  result.unknowns.find((each) => each.path === path)?.total.point ?? 0;

describe('the sensitivity of the suite that was measured', () => {
  let result: SensitivityResult;
  beforeAll(async () => {
    result = (await analyse('cpuid-npt-npt'))!;
  });

  test('is all due to the measurement: what was measured does not depend on anything else', () => {
    const measured = total(result, 'measurement.before') + total(result, 'measurement.after');
    expect(measured).toBeGreaterThan(0.95);
    for (const { path, total: share } of result.unknowns.slice(2)) {
      expect(share.point, path).toBeLessThan(0.02);
    }
  });

  test('has an interval about as wide as two rates that are right to 1 %', () => {
    const { low, point, high } = result.uncertainty.savingRatio;
    // The saving ratio is 1 - before / after as rates: 0.852 × sqrt(2) × 1 % / sqrt(3) deviation.
    expect(high - low).toBeGreaterThan(0.02);
    expect(high - low).toBeLessThan(0.04);
    expect(point).toBeGreaterThan(low);
    expect(point).toBeLessThan(high);
    expect(result.uncertainty.verdict).toBe('saves');
  });

  test('names what has no effect: events that do not occur have no price', () => {
    expect(result.withoutEffect).toContain('costs.invlpgbNanoseconds');
    expect(result.withoutEffect).not.toContain('costs.flushAsidCycles');
  });

  test('maps more saving to more exits and to larger working sets that still fit', () => {
    const { rows } = result.breakEven!;
    for (const { savingRatios } of rows.slice(0, 4)) {
      expect([...savingRatios].sort((a, b) => a - b)).toEqual(savingRatios);
    }
    const atMostExits = rows.map(({ savingRatios }) => savingRatios.at(-1)!);
    expect(atMostExits[3]).toBeGreaterThan(atMostExits[0]!);
  });

  test('is told in 80 columns of ASCII', () => {
    const lines = renderSensitivity(result).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.join('\n')).toMatch(/^[\n\x20-\x7e]*$/);
    expect(lines.join(' ')).toContain('measurement.before');
  });
});

describe('the sensitivity of a program', () => {
  test('rests on exits and on what splits the saving, and little on the measurement', async () => {
    const result = (await analyse('kv-redis-l2', 100_000))!;
    expect(result.uncertainty.varied).toBe('prices, sizes and workload');
    expect(total(result, 'costs.flushAsidCycles')).toBeGreaterThan(0.02);
    expect(total(result, 'measurement.before')).toBeLessThan(0.3);
    const sum = result.unknowns.reduce((all, each) => all + each.first.point, 0);
    expect(sum).toBeGreaterThan(0.6);
    expect(sum).toBeLessThan(1.1);
    expect(result.interpolation.largestError).toBeLessThan(0.05);
  });
});

describe('the rate at which a share is saved', () => {
  const rates = [1000, 10_000, 100_000];

  test('lies between two points of the map in equal factors', () => {
    const point = breakEvenPoint(0.05, rates, [0, 0.1, 0.2]);
    expect(point.reached).toBe('within');
    expect(point.exitsPerSecond).toBeCloseTo(Math.sqrt(1000 * 10_000), 6);
  });

  test('may be below the map, or nowhere on it', () => {
    expect(breakEvenPoint(0.05, rates, [0.06, 0.1, 0.2])).toEqual({
      savingRatio: 0.05,
      reached: 'below',
      exitsPerSecond: 1000,
    });
    expect(breakEvenPoint(0.3, rates, [0.06, 0.1, 0.2]).exitsPerSecond).toBeNull();
  });
});
