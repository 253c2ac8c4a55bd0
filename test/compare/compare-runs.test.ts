import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ComparisonVerdict, compareRuns } from '../../src/compare/compare-runs.ts';
import { judgeGate } from '../../src/compare/gate.ts';
import { summarize } from '../../src/run/summarize.ts';
import { cells as exampleCells, manifest } from '../export/cells.ts';
import { makeCells, makeSide } from './make-side.ts';

const BEFORE = [1000, 1010, 990, 1005, 995, 1003, 997, 1001];
const scaled = (factor: number, noise = 0): number[] =>
  BEFORE.map((ns, index) => ns * factor + (index % 2 === 0 ? noise : -noise));

function verdictOf(after: readonly number[], withinRatio = 0.01): ComparisonVerdict | undefined {
  const a = makeSide('a', makeCells(BEFORE));
  const b = makeSide('b', makeCells(after));
  return compareRuns(a, b, withinRatio).scenarios[0]?.verdict;
}

describe('the verdict on one scenario', () => {
  test.each([
    ['same', 'equal to the last digit', scaled(1)],
    ['equivalent', 'differs less than anybody cares', scaled(1.001)],
    ['faster', 'is faster for every seed', scaled(0.9, 1)],
    ['slower', 'is slower for every seed', scaled(1.1, 1)],
    ['undecided', 'differs more between seeds than on average', scaled(1, 100)],
  ] as const)('is "%s" for what %s', (verdict, _, after) => {
    expect(verdictOf(after)).toBe(verdict);
  });

  test('depends on the bound that the user sets', () => {
    expect(verdictOf(scaled(0.97), 0.05)).toBe('equivalent');
    expect(verdictOf(scaled(0.97), 0.02)).toBe('faster');
  });

  test('is "unsafe" when only the second side used stale translations', () => {
    const clean = makeSide('a', makeCells(BEFORE));
    const stale = makeSide('b', makeCells(scaled(0.5), { stale: 1 }));
    expect(compareRuns(clean, stale, 0.01).scenarios[0]).toMatchObject({
      verdict: 'unsafe',
      staleHitsBefore: 0,
      staleHitsAfter: BEFORE.length,
    });
    expect(compareRuns(stale, stale, 0.01).scenarios[0]?.verdict).toBe('same');
    expect(compareRuns(stale, clean, 0.01).scenarios[0]?.verdict).toBe('slower');
  });

  test('is open with fewer than two pairs, and says why', () => {
    const a = makeSide('a', makeCells([1000, 1001]));
    const b = makeSide('b', makeCells([900]));
    const { scenarios, remarks } = compareRuns(a, b, 0.01);
    expect(scenarios[0]).toMatchObject({ verdict: 'undecided', seeds: 1, savingRatio: null });
    expect(remarks[0]).toBe(
      's with old has 1 seeds in common and needs two: give both runs the same --seeds',
    );
  });

  test('turns around with its sides', () => {
    const turned: Readonly<Record<string, ComparisonVerdict>> = {
      faster: 'slower',
      slower: 'faster',
    };
    const times = fc.array(fc.integer({ min: 500, max: 1500 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(times, (after) => {
        const there = verdictOf(after, 0);
        const back = compareRuns(
          makeSide('b', makeCells(after)),
          makeSide('a', makeCells(BEFORE)),
          0,
        ).scenarios[0]?.verdict;
        // An interval of a ratio is not exactly that of its inverse; opposite answers are excluded.
        if (there === 'faster' || there === 'slower')
          expect([turned[there], 'undecided']).toContain(back);
        else expect(back).not.toBe(undefined);
      }),
      { seed: 6, numRuns: 40 },
    );
  });
});

describe('what is compared', () => {
  const two = (factor: number): ReturnType<typeof makeCells> => [
    ...makeCells(BEFORE, { strategy: 'old' }),
    ...makeCells(scaled(factor), { strategy: 'new' }),
  ];

  test('is each strategy with itself in two runs', () => {
    const { scenarios } = compareRuns(makeSide('a', two(0.8)), makeSide('b', two(0.7)), 0.01);
    expect(scenarios.map((each) => [each.after.strategy, each.verdict])).toEqual([
      ['old', 'same'],
      ['new', 'faster'],
    ]);
  });

  test('is one strategy with another when they are named', () => {
    const cells = two(0.8);
    const { scenarios } = compareRuns(
      makeSide('a', cells, ['old']),
      makeSide('a', cells, ['new']),
      0.01,
    );
    expect(scenarios).toHaveLength(1);
    expect(scenarios[0]?.savingRatio?.point).toBeCloseTo(0.2, 9);
  });

  test('is one machine with another when each side has one', () => {
    const a = makeSide('a', makeCells(BEFORE, { machine: 'milan' }));
    const b = makeSide('b', makeCells(scaled(0.5), { machine: 'turin' }));
    expect(compareRuns(a, b, 0.01).scenarios[0]).toMatchObject({
      before: { machine: 'milan' },
      after: { machine: 'turin' },
      verdict: 'faster',
    });
  });

  test('needs a choice when both sides have several machines of their own', () => {
    const several = (...machines: string[]) =>
      machines.flatMap((machine) => makeCells(BEFORE, { machine }));
    const a = makeSide('a', several('m1', 'm2'));
    const b = makeSide('b', several('m3', 'm4'));
    expect(() => compareRuns(a, b, 0.01)).toThrow(
      'the two sides have no machine in common (machines: m1, m2; and m3, m4). Name one machine of each with --before and --after.',
    );
    expect(
      compareRuns({ ...a, only: ['m1'] }, { ...b, only: ['m4'] }, 0.01).scenarios,
    ).toHaveLength(1);
  });

  test('must exist, and a near name is suggested', () => {
    const side = makeSide('reports/a', makeCells(BEFORE), ['olt']);
    expect(() => compareRuns(side, side, 0.01)).toThrow(
      'reports/a: no cell has a machine or strategy "olt". Did you mean "old"? It has m, old.',
    );
  });

  test('are the seeds that both have, in any order of lines', () => {
    const a = makeSide('a', [...makeCells(BEFORE)].reverse());
    const b = makeSide('b', makeCells(BEFORE.slice(0, 5)));
    expect(compareRuns(a, b, 0.01).scenarios[0]).toMatchObject({ seeds: 5, equalSeeds: 5 });
  });

  test('leaves a remark for what only one side has', () => {
    const a = makeSide('a', [...makeCells(BEFORE), ...makeCells(BEFORE, { scenario: 't' })]);
    const b = makeSide('b', [...makeCells(BEFORE), ...makeCells(BEFORE, { strategy: 'new' })]);
    expect(compareRuns(a, b, 0.01).remarks).toEqual([
      'only a has the scenario t',
      'only b has the strategy new',
    ]);
  });

  test('leaves a remark where the suite was changed in between', () => {
    const cells = makeCells(BEFORE, { scenario: 'pio-npt-npt' });
    const a = makeSide('a', cells);
    const scenarios = a.manifest.scenarios.map((each) => ({ ...each, suiteSha256: 'other' }));
    const b = { ...makeSide('b', cells), manifest: { ...a.manifest, scenarios } };
    expect(compareRuns(a, b, 0.01).remarks).toEqual([
      'the suite file of pio-npt-npt differs, so its seeds are not the same guests',
    ]);
  });

  test('has nothing to say about runs of different suites', () => {
    const a = makeSide('a', makeCells(BEFORE, { scenario: 'x' }));
    const b = makeSide('b', makeCells(BEFORE, { scenario: 'y' }));
    expect(() => compareRuns(a, b, 0.01)).toThrow('no scenario in common (scenarios: x; and y)');
  });
});

describe('the example', () => {
  test('does not differ from itself, whatever it holds', () => {
    const side = makeSide('example', exampleCells);
    const { scenarios } = compareRuns(side, side, 0);
    expect(new Set(scenarios.map((each) => each.verdict))).toEqual(new Set(['same']));
    expect(scenarios.reduce((sum, each) => sum + each.seeds, 0)).toBe(exampleCells.length);
  });

  test('saves in a comparison exactly what it saves in its report', () => {
    const { scenarios } = compareRuns(
      makeSide('example', exampleCells, ['kvm-6.14']),
      makeSide('example', exampleCells, ['rfc-2025-03']),
      0,
    );
    const reported = summarize(manifest, exampleCells).scenarios.map(
      ({ id, comparisons }) =>
        [id, comparisons.find((each) => each.strategy === 'rfc-2025-03')?.savingRatio] as const,
    );
    // A comparison has the order of the cells, a report that of the manifest.
    const compared = scenarios.map((each) => [each.scenario, each.savingRatio] as const);
    expect(new Map(compared)).toEqual(new Map(reported));
    expect(compared).toHaveLength(reported.length);
  });
});

describe('the gate', () => {
  const gate = (after: readonly number[], limit: number, stale = 0) => {
    const a = makeSide('a', makeCells(BEFORE));
    const b = makeSide('b', makeCells(after, { stale }));
    const { passed, failed, open } = judgeGate(compareRuns(a, b, 0.01), limit);
    return { passed, failed: failed.length, open: open.length };
  };

  test.each([
    ['passes what is equal', scaled(1), { passed: true, failed: 0, open: 0 }],
    ['passes what is faster', scaled(0.5), { passed: true, failed: 0, open: 0 }],
    ['passes what is surely slower by less', scaled(1.01), { passed: true, failed: 0, open: 0 }],
    ['fails what is surely slower by more', scaled(1.1, 1), { passed: false, failed: 1, open: 0 }],
    [
      'passes what may be slower, and names it',
      scaled(1, 100),
      { passed: true, failed: 0, open: 1 },
    ],
  ])('%s', (_, after, outcome) => {
    expect(gate(after, 0.02)).toEqual(outcome);
  });

  test('fails what became unsafe, however fast it is', () => {
    expect(gate(scaled(0.5), 0.02, 1)).toEqual({ passed: false, failed: 1, open: 0 });
  });
});
