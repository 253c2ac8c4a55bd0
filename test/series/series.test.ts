import { describe, expect, test } from 'vitest';
import { QUICK_BOUNDS } from '../../src/checker/check.ts';
import { PATCHES } from '../../src/hypervisor/patches.ts';
import { seriesText } from '../../src/report/series/text.ts';
import type { CellResult } from '../../src/run/results.ts';
import { seriesReport } from '../../src/series/series.ts';
import { behaviourId, seriesVariants } from '../../src/series/variants.ts';
import { answer, type VerdictAnswer } from '../../src/series/verdicts.ts';

const VARIANTS = seriesVariants();
const BOUNDS = { ...QUICK_BOUNDS, maxStates: 3_000, runs: 0 };
const WHOLE = VARIANTS.prefixes.at(-1)!.behaviour;

/** Ten seeds of 1,000 ns, and 850 ns once nested transitions flush no more. */
const CELLS: CellResult[] = VARIANTS.distinct.flatMap((strategy) =>
  Array.from({ length: 10 }, (_, seed) => ({
    schemaVersion: 1,
    cellId: '',
    scenario: 'a scenario',
    machine: 'a machine',
    strategy: strategy.id,
    seed,
    roundTrips: 1,
    meanNs: (strategy.behaviour.nestedTransition === 'as-needed' ? 850 : 1_000) + seed,
    p50Ns: 0,
    p99Ns: 0,
    tripNs: [],
    cyclesPerTrip: {} as CellResult['cyclesPerTrip'],
    hardwareFlushesPerTrip: 0,
    walksPerTrip: 0,
    staleHits: { host: 0, crossVm: 0, guest: 0 },
  })),
);
const SAFE: VerdictAnswer = { violation: null, statesExplored: 7, exhaustive: false };

function report(droppedAnswers: ReadonlyMap<string, VerdictAnswer>) {
  return seriesReport(VARIANTS, {
    cells: CELLS,
    asAsked: ({ behaviour }) => behaviourId(behaviour),
    prefixAnswers: new Map(),
    droppedAnswers,
  });
}

const ofDropped = (number: number) => behaviourId(VARIANTS.dropped[number - 1]!.behaviour);

describe('the series, patch by patch', () => {
  const series = report(
    new Map([
      [ofDropped(24), SAFE],
      [ofDropped(12), SAFE],
      [
        ofDropped(17),
        answer({ behaviour: VARIANTS.dropped[16]!.behaviour, base: WHOLE, bounds: BOUNDS }),
      ],
    ]),
  );
  const patch = (number: number) => series.patches[number - 1]!;

  test('has 24 patches and 25 prefixes', () => {
    expect(series.patches.map(({ number }) => number)).toEqual(PATCHES.map((p) => p.number));
    expect(series.prefixes.map(({ after }) => after)).toEqual([...Array(25).keys()]);
  });

  test('what a refactoring patch saves is exactly nothing, with and without it', () => {
    for (const { kind, saving, dropped } of series.patches) {
      if (kind !== 'refactoring') continue;
      expect(saving?.savingNs).toEqual({ point: 0, low: 0, high: 0 });
      expect(dropped.verdict).toBe('nothing');
    }
  });

  test('the last patch saves all of it, and leaving it out costs that', () => {
    expect(patch(24).saving?.savingNs.point).toBe(150);
    expect(patch(24).dropped).toMatchObject({ verdict: 'cost', transcript: [] });
    expect(patch(24).dropped.savings[0]?.savingNs.point).toBe(-150);
    expect(series.prefixes.map(({ saving }) => saving?.savingNs.point)).toEqual([
      ...Array(24).fill(0),
      150,
    ]);
  });

  test('a patch whose loss costs nothing visible is safe to leave out', () => {
    expect(patch(12).dropped.verdict).toBe('safe');
  });

  test('without the flush of both ASIDs the shortest transcript is found', () => {
    const { verdict, violation, transcript } = patch(17).dropped;
    expect(verdict).toBe('stale');
    expect(violation).toMatchObject({ class: 'host', obligation: 'O7 ALL-LEVELS', events: 9 });
    expect(transcript.at(-1)).toContain('STALE: hits a page that the host took back');
  });

  test('is told in 80 columns', () => {
    const text = seriesText(series, [{ strategy: 'rfc-2025-03', verdict: null }]);
    expect(text).toContain('By the checker, rfc-2025-03: not checked.');
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/^24 {2}Stop bombing the TLB on nested .* costs 150 ns$/m);
  });
});
