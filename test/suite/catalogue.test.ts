import { describe, expect, test } from 'vitest';
import { runCell } from '../../src/run/run-cell.ts';
import { shippedSuites } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';
import type { Suite } from '../../src/suite/suite.ts';
import { EVENT_KINDS } from '../../src/workloads/events.ts';

const SUITES = shippedSuites();
/** One point of each sweep: they differ in numbers only. */
const SHAPES = SUITES.filter(
  ({ family }, at) => family === undefined || SUITES.findIndex((s) => s.family === family) === at,
);

/** A few round trips under every strategy of a suite, on its first machine. */
function staleHitsOf(suite: Suite): Record<string, number> {
  const short = {
    ...suite,
    trips: { warmUp: 4, measured: 6 },
    machines: suite.machines.slice(0, 1),
  };
  const request = {
    suites: [short],
    machines: null,
    strategies: null,
    seeds: 1,
    jobs: 1,
    command: '',
  };
  return Object.fromEntries(
    planCells(request).map((cell) => {
      const { host, crossVm, guest } = runCell(cell).staleHits;
      return [cell.strategy.id, host + crossVm + guest];
    }),
  );
}

describe('the catalogue', () => {
  test('has every group', () => {
    const groups = new Set(SUITES.map(({ group }) => group));
    expect([...groups].sort()).toEqual([
      'adversarial',
      'cover-letter',
      'headline',
      'sensitivity',
      'sweeps',
    ]);
  });

  test('expects something of every scenario, and no stale translation of its strategies', () => {
    for (const { id, expect: expected } of SUITES) {
      expect(expected.length, id).toBeGreaterThan(1);
      expect(
        expected.some((each) => 'staleHits' in each),
        id,
      ).toBe(true);
    }
  });

  test('lets every kind of event happen somewhere', () => {
    const used = new Set(SUITES.flatMap(({ events }) => Object.keys(events ?? {})));
    expect(EVENT_KINDS.filter((kind) => !used.has(kind))).toEqual(['l2Invlpgs']);
  });

  test('says of each number that nobody published that it is assumed, and why', () => {
    for (const suite of SUITES) {
      for (const rate of Object.values(suite.events ?? {})) {
        const isCaptured = /^(Captured|Logged) on /.test(rate?.source ?? '');
        expect(rate?.assumed === true || isCaptured, `${suite.id}: ${rate?.source}`).toBe(true);
      }
    }
  });

  test.each(SHAPES.map((suite) => [suite.id, suite] as const))('%s runs clean', (_, suite) => {
    const owed = suite.expect.flatMap((each) => ('staleHits' in each ? each.strategies : []));
    const found = staleHitsOf(suite);
    for (const strategy of owed) expect(found[strategy], strategy).toBe(0);
  });
});
