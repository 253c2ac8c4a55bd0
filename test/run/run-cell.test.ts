import { beforeAll, describe, expect, test } from 'vitest';
import { CAUSE_IDS } from '../../src/cost/causes.ts';
import { TICKS_PER_CYCLE } from '../../src/cost/ledger.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { measureModelled } from '../../src/run/modelled-clock.ts';
import type { CellResult } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import type { Cell } from '../../src/suite/cell.ts';
import { loadSuites, shippedSuitesNamed } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';
import type { Suite } from '../../src/suite/suite.ts';
import { GENERATION_INSTRUCTIONS } from '../../src/workloads/l0-instructions.ts';

const FEW_TRIPS = { warmUp: 40, measured: 40 };
/** Results carry three decimals for each cause and for the mean. */
const ROUNDING_NS = 0.01;

const HEADLINE = loadSuites('suites/headline').map(
  (suite): Suite => ({
    ...suite,
    trips: suite.workload.kind === 'program' ? { warmUp: 5, measured: 10 } : FEW_TRIPS,
  }),
);
const CAPTURED = HEADLINE.filter(({ workload }) => workload.kind === 'captured-trips');

function suiteOf(id: string): Suite {
  const suite = HEADLINE.find((suite) => suite.id === id);
  if (suite === undefined) throw new RangeError(`no suite ${id}`);
  return suite;
}

function cellsOf(suite: Suite, seeds = 1): Cell[] {
  return planCells({
    suites: [suite],
    machines: null,
    strategies: null,
    seeds,
    jobs: 1,
    command: 'test',
  });
}

function cellOf(suite: Suite, strategy: string, seed = 1): Cell {
  const cell = cellsOf(suite, seed).find((c) => c.strategy.id === strategy && c.seed === seed);
  if (cell === undefined) throw new RangeError(`no cell of ${suite.id} under ${strategy}`);
  return cell;
}

/** Instructions of L0, as if each VMRUN tested the generation of the ASID: static ASIDs do without. */
function l0InstructionsOf({ strategy, events }: CellResult): number {
  const { l1Asid } = strategyById(strategy)!.behaviour;
  const untested = l1Asid === 'per-vcpu-generation' ? 0 : events!.worldSwitch!;
  return events!.l0Instruction! + GENERATION_INSTRUCTIONS * untested;
}

const without = (suite: Suite, change: Partial<Suite>): Suite => ({ ...suite, ...change });

describe('a cell', () => {
  test.each(['cpuid-npt-npt', 'npf-npt-npt', 'db-sqlite-l2'])(
    'run twice gives equal results: %s',
    (id) => {
      const cell = cellOf(suiteOf(id), 'rfc-2025-03');
      expect(runCell(cell)).toEqual(runCell(cell));
    },
  );

  test('gives the same result whatever ran before it in the process', () => {
    const cells = ['cpuid-npt-npt', 'npf-npt-npt', 'ptechurn-npt-npt'].flatMap((id) =>
      cellsOf(suiteOf(id)),
    );
    const forwards = cells.map(runCell);
    const backwards = [...cells].reverse().map(runCell).reverse();
    expect(backwards).toEqual(forwards);
  });

  test.each([
    ['that takes pages away and has L1 flush', 'invlpga-storm'],
    ['of several L2s', 'two-linux-l2s'],
    ['of a recorded program', 'db-sqlite-l2'],
    ['with nested page faults', 'npf-npt-npt'],
  ])('runs a strategy %s in the memory of the one before as in its own', (_, id) => {
    const suite = { ...shippedSuitesNamed([id])[0]!, trips: { warmUp: 5, measured: 20 } };
    const other = suiteOf('cpuid-shadow-shadow');
    const strategies = ['kvm-6.14', 'rfc-2025-03', 'ideal'];
    const together = strategies.map((strategy) => runCell(cellOf(suite, strategy)));
    const apart = strategies.map((strategy) => {
      runCell(cellOf(other, 'ideal'));
      return runCell(cellOf(suite, strategy));
    });
    expect(together).toEqual(apart);
  });

  test('gives another result with another seed', () => {
    const suite = suiteOf('cpuid-npt-npt');
    const [one, two] = [1, 2].map((seed) => runCell(cellOf(suite, 'kvm-6.14', seed)));
    expect(one!.tripNs).not.toEqual(two!.tripNs);
  });

  test('measures as many trips as its suite says, after those that warm up', () => {
    const suite = suiteOf('cpuid-npt-npt');
    const result = runCell(cellOf(suite, 'rfc-2025-03'));
    expect(result.roundTrips).toBe(40);
    expect(result.tripNs).toHaveLength(40);
    const cold = runCell(
      cellOf(without(suite, { trips: { warmUp: 0, measured: 40 } }), 'rfc-2025-03'),
    );
    expect(cold.cyclesPerTrip.missCold).toBeGreaterThan(0);
    expect(result.cyclesPerTrip.missCold).toBe(0);
  });
});

describe.each(CAPTURED.map((suite) => ({ suite, id: suite.id })))('$id', ({ suite }) => {
  const results = new Map<string, CellResult>();
  let period = 0;
  beforeAll(() => {
    for (const cell of cellsOf(suite)) {
      results.set(cell.strategy.id, runCell(cell));
      period = 1 / cell.config.frequencyGhz;
    }
  });
  const of = (strategy: string) => results.get(strategy)!;

  test('has causes whose cycles add up to the mean time, under every strategy', () => {
    for (const result of results.values()) {
      const cycles = CAUSE_IDS.reduce((sum, id) => sum + result.cyclesPerTrip[id], 0);
      expect(Math.abs(cycles * period - result.meanNs)).toBeLessThan(ROUNDING_NS);
      const mean = result.tripNs.reduce((sum, ns) => sum + ns, 0) / result.roundTrips;
      expect(Math.abs(mean - result.meanNs)).toBeLessThan(ROUNDING_NS);
      expect(result.p50Ns).toBeLessThanOrEqual(result.p99Ns);
    }
  });

  test('lies between the ideal and flushing always, under every strategy', () => {
    for (const result of results.values()) {
      expect(result.meanNs).toBeGreaterThanOrEqual(of('ideal').meanNs);
      expect(result.meanNs).toBeLessThanOrEqual(of('flush-always').meanNs);
    }
    expect(of('ideal').meanNs).toBeLessThan(of('flush-always').meanNs);
  });

  test('has the same guests under every strategy, but for exits that a strategy removes', () => {
    const guests = [...results.values()].map(({ cyclesPerTrip }) => ({
      l1: cyclesPerTrip.l1Instructions,
      l2: cyclesPerTrip.l2Instructions,
      own: cyclesPerTrip.guestFlush,
    }));
    for (const guest of guests) expect(guest).toEqual(guests[0]);
    const base = l0InstructionsOf(of('kvm-6.14'));
    for (const result of results.values()) {
      if (suite.id === 'npf-npt-npt') expect(l0InstructionsOf(result)).toBeLessThanOrEqual(base);
      else expect(l0InstructionsOf(result)).toBe(base);
    }
  });

  test('shows no stale hit under a strategy that is shipped as safe', () => {
    for (const result of results.values()) {
      expect(result.staleHits).toEqual({ host: 0, crossVm: 0, guest: 0 });
    }
  });

  test('walks less, or as little, with all memory in 2M pages', () => {
    const pageSizes = { l0: '2m', l1: '2m', l2: '2m', nptForL1: '2m', nptForL2: '2m' } as const;
    const large = runCell(cellOf(without(suite, { pageSizes }), 'kvm-6.14'));
    expect(large.walksPerTrip).toBeLessThan(of('kvm-6.14').walksPerTrip);
  });
});

describe('a program in L2', () => {
  test('executes the same instructions under every strategy, seed by seed', () => {
    const results = cellsOf(suiteOf('db-sqlite-l2')).map(runCell);
    for (const result of results) {
      const { cyclesPerTrip } = result;
      expect(cyclesPerTrip.l2Instructions).toBe(results[0]!.cyclesPerTrip.l2Instructions);
      expect(cyclesPerTrip.l1Instructions).toBe(results[0]!.cyclesPerTrip.l1Instructions);
      expect(l0InstructionsOf(result)).toBe(l0InstructionsOf(results[0]!));
    }
  });

  test('is faster with an ASID of its own, and slower when every VMRUN flushes', () => {
    const results = cellsOf(suiteOf('kv-redis-l2')).map(runCell);
    const ns = Object.fromEntries(results.map(({ strategy, meanNs }) => [strategy, meanNs]));
    expect(ns['rfc-2025-03']).toBeLessThan(ns['kvm-6.14']!);
    expect(ns['flush-always']).toBeGreaterThan(ns['kvm-6.14']!);
    expect(ns.ideal).toBeLessThanOrEqual(ns['rfc-2025-03']!);
  });
});

describe('tinybench on the modelled clock', () => {
  test.each([1, 2, 7, 100, 1000])('calls the operation exactly %i times', (iterations) => {
    let calls = 0;
    const { samplesNs } = measureModelled(
      () => calls * TICKS_PER_CYCLE,
      1,
      iterations,
      () => {
        calls += 1;
      },
    );
    expect(calls).toBe(iterations);
    expect(samplesNs).toHaveLength(iterations);
  });

  test('calls an operation that costs nothing exactly as often', () => {
    let calls = 0;
    const { samplesNs, distribution } = measureModelled(
      () => 5,
      2,
      50,
      () => {
        calls += 1;
      },
    );
    expect(calls).toBe(50);
    expect(samplesNs).toEqual(Array.from({ length: 50 }, () => 0));
    expect(distribution).toEqual({ p50Ns: 0, p99Ns: 0 });
  });

  test('gives samples in the order of the run, in nanoseconds of the modelled clock', () => {
    const cycles = [7, 1, 9, 3, 5];
    let clock = 123 * TICKS_PER_CYCLE;
    let at = 0;
    const { samplesNs, distribution } = measureModelled(
      () => clock,
      2,
      cycles.length,
      () => {
        clock += cycles[at]! * TICKS_PER_CYCLE;
        at += 1;
      },
    );
    // Seven cycles at two a nanosecond are 3.5 ns.
    expect(samplesNs).toEqual([3.5, 0.5, 4.5, 1.5, 2.5]);
    expect(distribution.p50Ns).toBeCloseTo(2.5, 9);
    expect(distribution.p99Ns).toBeGreaterThan(3.5);
    expect(distribution.p99Ns).toBeLessThanOrEqual(4.5 + 1e-9);
  });

  test('lets an error of the operation through', () => {
    const fail = () => {
      throw new RangeError('the model is broken');
    };
    expect(() => measureModelled(() => 0, 1, 3, fail)).toThrow('the model is broken');
  });
});
