import { describe, expect, it } from 'vitest';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { makeManifest as manifestOf } from '../../src/run/manifest.ts';
import type { CellResult } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { summarize } from '../../src/run/summarize.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';
import { UserError } from '../../src/util/user-error.ts';
import { ledgerOf, makeCell, makeManifest } from './make-cells.ts';

const CELLS: readonly CellResult[] = [
  makeCell('kvm-6.14', 1, 4000),
  makeCell('kvm-6.14', 2, 4100),
  makeCell('kvm-6.14', 3, 3900),
  makeCell('rfc-2025-03', 1, 3400, { hardwareFlushesPerTrip: 0, walksPerTrip: 4 }),
  makeCell('rfc-2025-03', 2, 3520, { hardwareFlushesPerTrip: 0, walksPerTrip: 6 }),
  makeCell('rfc-2025-03', 3, 3280, {
    hardwareFlushesPerTrip: 0,
    walksPerTrip: 8,
    staleHits: { host: 0, crossVm: 1, guest: 2 },
  }),
];

function onlyComparison(cells: readonly CellResult[]) {
  const { scenarios } = summarize(makeManifest(), cells);
  expect(scenarios).toHaveLength(1);
  expect(scenarios[0]!.comparisons).toHaveLength(1);
  return scenarios[0]!.comparisons[0]!;
}

describe('summarize', () => {
  it('compares each strategy with the baseline, pair by pair', () => {
    const comparison = onlyComparison(CELLS);
    expect(comparison.strategy).toBe('rfc-2025-03');
    expect(comparison.seeds).toBe(3);
    expect(comparison.before.point).toBe(4000);
    expect(comparison.after.point).toBe(3400);
    // t(0.975, 2) = 4.30265: 600 ± 4.30265 × 20 / sqrt(3).
    expect(comparison.savingNs.point).toBe(600);
    expect(comparison.savingNs.low).toBeCloseTo(550.317, 3);
    expect(comparison.savingNs.high).toBeCloseTo(649.683, 3);
    expect(comparison.savingRatio.point).toBeCloseTo(0.15, 12);
    expect(comparison.method).toContain('3 seeds, paired');
  });

  it('tests the pairs, and adjusts for all comparisons of the run', () => {
    const rival = [1, 2, 3].map((seed) => makeCell('ideal', seed, 3000 + 10 * seed));
    const { scenarios } = summarize(makeManifest(), [...CELLS, ...rival]);
    const [rfc, ideal] = scenarios[0]!.comparisons.map(({ evidence }) => evidence!);
    // Of eight combinations of three signs two are as extreme.
    expect([rfc!.signFlipP, rfc!.signedRankP, ideal!.signFlipP]).toEqual([0.25, 0.25, 0.25]);
    expect([rfc!.signFlipHolmP, ideal!.signFlipHolmP]).toEqual([0.5, 0.5]);
    expect(rfc!.hodgesLehmannNs).toBe(600);
    // 600 ns are more than 1 % of 4000: nothing speaks for "no difference".
    expect(rfc!.equivalenceP).toBeGreaterThan(0.99);
    // (4.30265 × 20 / 40)² = 4.6
    expect(rfc!.seedsForOnePercent).toBe(5);
  });

  it('gives no evidence for one seed', () => {
    const one = CELLS.filter((cell) => cell.seed === 1);
    expect(onlyComparison(one).evidence).toBeUndefined();
  });

  it('prices the events of real cells again: a wider interval than that of seeds', () => {
    const [suite] = loadSuites('suites/headline').filter(({ id }) => id === 'cpuid-npt-npt');
    const request = {
      suites: [{ ...suite!, trips: { warmUp: 5, measured: 20 } }],
      machines: null,
      strategies: [strategyById('rfc-2025-03')!],
      seeds: 3,
      jobs: 1,
      command: '',
    };
    const cells = planCells(request).map(runCell);
    const manifest = manifestOf(request);
    const [comparison] = summarize(manifest, cells).scenarios[0]!.comparisons;
    const { savingNs, savingRatio, uncertainty } = comparison!;
    expect(uncertainty).toMatchObject({ varied: 'prices', verdict: 'saves', draws: 1024 });
    expect(uncertainty!.savingNs.point).toBe(savingNs.point);
    expect(uncertainty!.savingRatio.low).toBeLessThan(savingRatio.low);
    expect(uncertainty!.savingRatio.high).toBeGreaterThan(savingRatio.point);
    expect(uncertainty!.effectiveDraws).toBeGreaterThan(200);

    const priced = cells.map((cell) => ({ ...cell, meanNs: cell.meanNs * 2 }));
    const withoutEvents = cells.map(({ events: _, ...cell }) => cell);
    for (const others of [priced, withoutEvents]) {
      const [other] = summarize(manifest, others).scenarios[0]!.comparisons;
      expect(other!.uncertainty).toBeUndefined();
    }
  });

  it('widens intervals by what the seeds may have missed, and says of what', () => {
    const alike = [1, 2, 3].flatMap((seed) => [
      makeCell('kvm-6.14', seed, 4000),
      makeCell('rfc-2025-03', seed, 3400),
    ]);
    const of = (strategy: string, event: string, mostNs: number, machine = 'zen3-milan') => ({
      event,
      machine,
      strategy,
      perRoundTrip: 0.01,
      mostNs,
    });
    const unseen = [
      of('kvm-6.14', 'migrations', 4000),
      of('rfc-2025-03', 'migrations', 6000),
      of('rfc-2025-03', 'hostUnmaps', 2000),
      of('rfc-2025-03', 'vcpuSwitches', 9e9, 'zen4-genoa'),
      of('ideal', 'vcpuSwitches', 9e9),
    ];
    const manifest = makeManifest({ unseen });
    const [comparison] = summarize(manifest, alike).scenarios[0]!.comparisons;
    expect(comparison!.unseen).toEqual({ events: ['migrations', 'hostUnmaps'], savingNs: 80 });
    expect(comparison!.before).toEqual({ point: 4000, low: 3960, high: 4040 });
    expect(comparison!.after).toEqual({ point: 3400, low: 3320, high: 3480 });
    expect(comparison!.savingNs).toEqual({ point: 600, low: 520, high: 680 });
    // 80 ns of 4000, and 15 % of the 40 ns by which the time before may move.
    expect(comparison!.savingRatio.high).toBeCloseTo(0.15 + 86 / 4000, 12);
    expect(comparison!.savingRatio.low).toBeCloseTo(0.15 - 86 / 4000, 12);

    const one = summarize(manifest, alike.slice(0, 2)).scenarios[0]!.comparisons[0]!;
    expect(one.unseen).toBeUndefined();
    expect(one.savingNs).toEqual({ point: 600, low: 600, high: 600 });
    expect(onlyComparison(alike).savingNs).toEqual({ point: 600, low: 600, high: 600 });
  });

  it('widens the whole interval too, and takes back a verdict that no longer holds', () => {
    const [suite] = loadSuites('suites/headline').filter(({ id }) => id === 'cpuid-npt-npt');
    const request = {
      suites: [{ ...suite!, trips: { warmUp: 5, measured: 20 } }],
      machines: null,
      strategies: ['rfc-2025-03'].map((id) => strategyById(id)!),
      seeds: 2,
      jobs: 1,
      command: 'test',
    };
    const cells = planCells(request).map(runCell);
    const manifest = manifestOf(request);
    const compared = (mostNs: number) => {
      const event = { event: 'migrations', machine: 'zen3-milan', strategy: 'rfc-2025-03' };
      const unseen = [{ ...event, perRoundTrip: 0.5, mostNs }];
      const scenarios = [{ ...manifest.scenarios[0]!, unseen }];
      return summarize({ ...manifest, scenarios }, cells).scenarios[0]!.comparisons[0]!;
    };
    const seen = compared(0);
    const wide = compared(1e4);
    expect(wide.uncertainty!.savingNs.low).toBeCloseTo(
      seen.uncertainty!.savingNs.low - (seen.savingNs.low - wide.savingNs.low),
      9,
    );
    expect(wide.uncertainty!.savingNs.high).toBeGreaterThan(seen.uncertainty!.savingNs.high);
    expect([seen, wide].map(({ uncertainty }) => uncertainty!.verdict)).toEqual([
      'saves',
      'cannot tell',
    ]);
  });

  it('gives mean ledgers that add up to the mean time, and mean counts', () => {
    const comparison = onlyComparison(CELLS);
    expect(comparison.ledgerBefore).toEqual(ledgerOf(8000));
    expect(comparison.ledgerAfter).toEqual(ledgerOf(6800));
    expect(comparison.flushesPerTripBefore).toBe(2);
    expect(comparison.flushesPerTripAfter).toBe(0);
    expect(comparison.walksPerTripAfter).toBe(6);
  });

  it('takes p50 and p99 over the trips of all seeds together', () => {
    const comparison = onlyComparison(CELLS);
    // Sorted: 3890, 3910, 3990, 4010, 4090, 4110.
    expect(comparison.beforeP50Ns).toBe(4000);
    expect(comparison.beforeP99Ns).toBeCloseTo(4090 + 0.95 * 20, 9);
  });

  it('adds up stale hits over seeds, by class', () => {
    const comparison = onlyComparison(CELLS);
    expect(comparison.staleHits).toEqual({ host: 0, crossVm: 1, guest: 2 });
    expect(comparison.baselineStaleHits).toEqual({ host: 0, crossVm: 0, guest: 0 });
  });

  it('does not depend on the order in which cells arrive', () => {
    const manifest = makeManifest();
    const shuffled = [4, 1, 5, 0, 3, 2].map((index) => CELLS[index]!);
    expect(JSON.stringify(summarize(manifest, shuffled))).toBe(
      JSON.stringify(summarize(manifest, CELLS)),
    );
  });

  it('leaves out seeds that only one side has, and strategies without a pair', () => {
    const partial = [...CELLS.slice(0, 5), makeCell('ideal', 9, 3000)];
    const comparison = onlyComparison(partial);
    expect(comparison.seeds).toBe(2);
    expect(comparison.before.point).toBe(4050);
  });

  it('gives a point and says so when there is one seed', () => {
    const comparison = onlyComparison([CELLS[0]!, CELLS[3]!]);
    expect(comparison.savingNs).toEqual({ point: 600, low: 600, high: 600 });
    expect(comparison.method).toBe('one seed: points without intervals');
  });

  it("takes a scenario's own baseline before the manifest's", () => {
    const manifest = makeManifest({ baseline: 'rfc-2025-03' });
    const [scenario] = summarize(manifest, CELLS).scenarios;
    expect(scenario!.comparisons.map((entry) => entry.strategy)).toEqual(['kvm-6.14']);
    expect(scenario!.comparisons[0]!.savingNs.point).toBe(-600);
  });

  it('leaves out a scenario without cells', () => {
    expect(summarize(makeManifest(), []).scenarios).toEqual([]);
  });

  it('judges the expectations that the manifest carries', () => {
    const manifest = makeManifest({
      expect: [
        { strategy: 'rfc-2025-03', saves: true },
        { staleHits: 'none', strategies: ['kvm-6.14', 'rfc-2025-03'] },
      ],
    });
    const [scenario] = summarize(manifest, CELLS).scenarios;
    expect(scenario!.expectations.map((outcome) => outcome.met)).toEqual([true, false]);
  });

  it.each([
    ['scenario', { scenario: 'other' }],
    ['machine', { machine: 'other' }],
    ['strategy', { strategy: 'other' }],
  ])('refuses a cell whose %s is not in the manifest', (kind, change) => {
    const cell = makeCell('kvm-6.14', 1, 4000, change);
    expect(() => summarize(makeManifest(), [cell])).toThrow(
      new RegExp(`its ${kind} "other" is not in the manifest`),
    );
  });

  it('refuses a cell that stands twice', () => {
    const twice = [...CELLS, CELLS[0]!];
    expect(() => summarize(makeManifest(), twice)).toThrow(UserError);
    expect(() => summarize(makeManifest(), twice)).toThrow('seed 1 stands twice');
  });

  it('refuses a machine without a clock frequency', () => {
    const manifest = makeManifest();
    const machines = manifest.machines.map((machine) => ({ ...machine, parameters: [] }));
    expect(() => summarize({ ...manifest, machines }, CELLS)).toThrow('frequencyGhz is missing');
  });
});
