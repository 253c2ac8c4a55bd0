import { describe, expect, test } from 'vitest';
import { machineById } from '../../src/hardware/presets/index.ts';
import {
  axesOf,
  type Setup,
  sizeAxes,
  turnLengths,
  withTurnLength,
} from '../../src/sensitivity/axes.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { instructionsBetweenExits } from '../../src/workloads/program.ts';

const SUITES = loadSuites('suites');
const MACHINE = machineById('zen3-milan')!;

function setupOf(id: string): Setup {
  const suite = SUITES.find((each) => each.id === id);
  if (suite === undefined) throw new RangeError(`no suite ${id}`);
  return { suite, machine: MACHINE };
}

function programOf({ suite }: Setup) {
  if (suite.workload.kind !== 'program') throw new RangeError(`${suite.id} has no program`);
  return suite.workload;
}

/** A program of which each number that varies is round. */
function madeSetup(): Setup {
  const { suite, machine } = setupOf('kv-redis-l2');
  const workload = programOf({ suite, machine });
  const number = (nominal: number, low: number, high: number) => ({
    nominal,
    low,
    high,
    unit: 'count' as const,
    source: 'made for a test',
  });
  const exit = { from: 'L1', exit: 'MSR', capture: 'plug-c.cpuid' } as const;
  const generated = {
    hotPages: number(400, 100, 900),
    codePages: 16,
    zipfExponent: 1,
    streamedPages: 0,
    streamedShare: 0,
    instructionsPerMove: 30,
  };
  return {
    machine,
    suite: {
      ...suite,
      events: { migrations: number(20, 0, 100), hostUnmaps: number(5, 5, 5) },
      workload: {
        ...workload,
        trace: { generated },
        exitsPerSecond: number(20_000, 10_000, 40_000),
        handledByL0: [
          { ...exit, perRoundTrip: { ...number(4, 1, 16), assumed: true } },
          { ...exit, perRoundTrip: { ...number(3, 3, 12) } },
        ],
      },
      trips: { warmUp: 20, measured: 40 },
    },
  };
}

describe('the axes of a program', () => {
  const setup = madeSetup();
  const axes = axesOf(setup).filter(({ unknown }) => unknown.kind === 'workload');
  const axis = (path: string) => axes.find(({ unknown }) => unknown.path === path)!;

  test('are its working set, its events and the exits of L0 that have a range', () => {
    expect(axes.map(({ unknown }) => unknown.path)).toEqual([
      'workload.hotPages',
      'events.migrations',
      'workload.handledByL0.0',
      'workload.handledByL0.1',
    ]);
    expect(axis('workload.handledByL0.0').unknown.confidence).toBe('assumed');
    expect(axis('workload.handledByL0.1').unknown.confidence).toBe('secondary');
  });

  test('have knots in equal factors, in equal steps from 0 on, and each once', () => {
    const knots = (path: string) => axis(path).knots.map((each) => Math.round(1000 * each) / 1000);
    expect(knots('workload.hotPages')).toEqual([100, 200, 400, 600, 900]);
    expect(knots('events.migrations')).toEqual([0, 10, 20, 44.721, 100]);
    expect(knots('workload.handledByL0.0')).toEqual([1, 2, 4, 8, 16]);
    expect(knots('workload.handledByL0.1')).toEqual([3, 6, 12]);
  });

  test('change that number of the suite and nothing else', () => {
    const applied = (path: string, value: number) => axis(path).apply(setup, value);
    const pages = applied('workload.hotPages', 250);
    const { trace } = programOf(pages);
    expect(trace).toMatchObject({
      generated: { hotPages: { nominal: 250, low: 100 }, codePages: 16 },
    });
    expect(pages.suite.events).toBe(setup.suite.events);
    expect(pages.machine).toBe(MACHINE);

    const { suite: moved } = applied('events.migrations', 77);
    expect(moved.events!.migrations).toMatchObject({ nominal: 77, high: 100 });
    expect(moved.events!.hostUnmaps).toBe(setup.suite.events!.hostUnmaps);
    expect(moved.workload).toBe(setup.suite.workload);

    const exits = programOf(applied('workload.handledByL0.1', 9)).handledByL0!;
    expect(exits.map(({ perRoundTrip }) => perRoundTrip.nominal)).toEqual([4, 9]);
    expect(exits[0]).toBe(programOf(setup).handledByL0![0]);
  });
});

describe('the axes of sizes', () => {
  test('have whole numbers, more of them for a captured trip, and three for a TLB', () => {
    const [program, captured] = [sizeAxes(MACHINE, 'program'), sizeAxes(MACHINE, 'capturedTrips')];
    for (const [index, { unknown, knots }] of program.entries()) {
      const finer = captured[index]!.knots;
      expect([...knots, ...finer].every(Number.isInteger), unknown.path).toBe(true);
      const most = unknown.path.startsWith('tlb.') ? 3 : 5;
      expect(knots.length).toBeLessThanOrEqual(most);
      expect(finer.length).toBeGreaterThanOrEqual(knots.length);
      expect([knots[0], knots.at(-1)]).toEqual([unknown.low, unknown.high].map(Math.round));
    }
    const longest = (axes: typeof program) => Math.max(...axes.map(({ knots }) => knots.length));
    expect([longest(program), longest(captured)]).toEqual([5, 9]);
  });

  test('give the machine a size of at least 1', () => {
    const nested = sizeAxes(MACHINE, 'program').find(
      ({ unknown }) => unknown.path === 'walkCaches.nestedTlbEntries',
    )!;
    const sizeAt = (value: number) =>
      nested.apply(setupOf('kv-redis-l2'), value).machine.walkCaches.nestedTlbEntries.value;
    expect([sizeAt(7.6), sizeAt(0.2)]).toEqual([8, 1]);
  });

  test('are those of a captured trip, and all of them, for a suite without a program', () => {
    const axes = axesOf(setupOf('cpuid-npt-npt'));
    expect(axes.map(({ knots }) => knots)).toEqual(
      sizeAxes(MACHINE, 'capturedTrips').map(({ knots }) => knots),
    );
  });
});

describe("the length of a program's turn", () => {
  const PRICE = { low: 0.4, value: 0.5, high: 0.8 };

  test('is shortest at the most exits, the slowest clock and the slowest code', () => {
    const setup = madeSetup();
    const { low, value, high } = MACHINE.frequencyGhz;
    expect(turnLengths(setup, PRICE)).toEqual({
      low: instructionsBetweenExits(40_000, low, PRICE.high),
      value: instructionsBetweenExits(20_000, value, PRICE.value),
      high: instructionsBetweenExits(10_000, high, PRICE.low),
    });
    const lengths = turnLengths(setup, PRICE)!;
    expect(lengths.low).toBeLessThan(lengths.value);
    expect(lengths.value).toBeLessThan(lengths.high);
  });

  test('becomes the rate of exits at which a program has that length', () => {
    const setup = madeSetup();
    const rateOf = (instructions: number) =>
      programOf(withTurnLength(setup, instructions, 80_000)).exitsPerSecond.nominal;
    for (const instructions of [10_000, 80_000, 600_000]) {
      const rate = rateOf(instructions);
      expect(instructionsBetweenExits(rate, MACHINE.frequencyGhz.value)).toBe(instructions);
    }
    expect(programOf(withTurnLength(setup, 80_000, 80_000)).exitsPerSecond.high).toBe(40_000);
  });

  test('scales trips, so that a run takes as long, within bounds', () => {
    const trips = (instructions: number) =>
      withTurnLength(madeSetup(), instructions, 80_000).suite.trips;
    expect(trips(80_000)).toEqual({ warmUp: 20, measured: 40 });
    expect(trips(40_000)).toEqual({ warmUp: 40, measured: 80 });
    expect(trips(1000)).toEqual({ warmUp: 80, measured: 160 });
    expect(trips(8e6)).toEqual({ warmUp: 3, measured: 8 });
  });

  test('is nothing that a captured trip has', () => {
    const setup = setupOf('cpuid-npt-npt');
    expect(turnLengths(setup, PRICE)).toBeNull();
    expect(withTurnLength(setup, 1000, 2000)).toBe(setup);
  });
});
