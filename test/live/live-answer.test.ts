import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  liveAnswer,
  liveKnowledge,
  liveQuestion,
  liveSuites,
} from '../../src/cli/running/live-cells.ts';
import { machineConfig } from '../../src/hardware/machine-config.ts';
import { MACHINES } from '../../src/hardware/presets/index.ts';
import { TagSpace } from '../../src/hardware/tags.ts';
import { buildTlbArrays } from '../../src/hardware/tlb-arrays.ts';
import type { LiveAnswer } from '../../src/live/live-answer.ts';
import { type LiveData, liveData, packTrips, unpackTrips } from '../../src/live/live-data.ts';
import {
  cellsOfSeed,
  isAskedByPage,
  isRecorded,
  LIVE_SEEDS,
  questionOf,
  whyNot,
} from '../../src/live/live-question.ts';
import {
  DEFAULT_STATE,
  type LiveState,
  NUMBER_CONTROLS,
  stateOfScenario,
} from '../../src/live/live-state.ts';
import { LIVE_SCENARIOS } from '../../src/live/scenarios.ts';
import { liveComputer } from '../../src/page/compute.ts';
import { makeManifest } from '../../src/run/manifest.ts';
import type { CellResult } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { summarize } from '../../src/run/summarize.ts';
import { planCells } from '../../src/suite/plan.ts';
import { suiteSchema } from '../../src/suite/suite.ts';
import { capturedTrips } from '../../src/workloads/captures.ts';
import type { CapturedTrips } from '../../src/workloads/trips.ts';
import { anyState } from './any-state.ts';

const suites = liveSuites();
const program: LiveState = { ...DEFAULT_STATE, scenario: 'rate-sweep', rate: 60_000 };

/** What the script of a page computes from its data, as it goes through JSON. */
const captured: CapturedTrips[] = [];
const data: LiveData = JSON.parse(
  JSON.stringify(
    liveData(
      suites,
      (...of) => {
        const trips = capturedTrips(...of);
        captured.push(trips);
        return trips;
      },
      liveKnowledge(),
    ),
  ),
);
const compute = liveComputer(data);
interface Seen {
  last?: LiveAnswer;
  seeds: number[];
  elsewhere?: true;
}

async function onPage(state: LiveState): Promise<Seen> {
  const seen: Seen = { seeds: [] };
  await compute(state, {
    onAnswer: (answer, isLast) => {
      seen.seeds.push(answer.seeds);
      if (isLast) seen.last = answer;
    },
    onElsewhere: () => {
      seen.elsewhere = true;
    },
    isOver: () => false,
    pause: async () => {},
  });
  return seen;
}

describe('the answer of a state', () => {
  test('is what a run of its suite with as many seeds says', () => {
    const suite = suites[0]!;
    const request = {
      suites: [suite],
      machines: null,
      strategies: null,
      seeds: LIVE_SEEDS.count,
      jobs: 1,
      command: '',
    };
    const cells = planCells(request).map(runCell);
    const run = summarize(makeManifest(request), cells).scenarios[0]!;
    const compared = run.comparisons.find((each) => each.strategy === 'rfc-2025-03')!;
    const answer = liveAnswer(DEFAULT_STATE);
    expect(answer.before.meanNs).toBeCloseTo(compared.before.point, 3);
    expect(answer.after.meanNs).toBeCloseTo(compared.after.point, 3);
    for (const end of ['low', 'point', 'high'] as const) {
      expect(answer.savingNs[end]).toBeCloseTo(compared.savingNs[end], 2);
      expect(answer.savingRatio[end]).toBeCloseTo(compared.savingRatio[end], 6);
    }
    expect(answer.before.hardwareFlushesPerTrip).toBe(compared.flushesPerTripBefore);
    expect(answer.after.walksPerTrip).toBe(compared.walksPerTripAfter);
  });

  test('is the same where a run has its cells, and then runs none of them', () => {
    const { suite, machine, strategy } = liveQuestion(DEFAULT_STATE);
    const request = {
      suites: [suite],
      machines: [machine.id],
      strategies: [strategy],
      seeds: 8,
      jobs: 1,
      command: '',
    };
    const results = planCells(request).map(runCell);
    expect(results.map(isAskedByPage).filter(Boolean)).toHaveLength(8);
    const known = (change: (result: CellResult) => CellResult) =>
      new Map(results.filter(isAskedByPage).map((result) => [result.cellId, change(result)]));
    expect(
      liveAnswer(
        DEFAULT_STATE,
        known((result) => result),
      ),
    ).toEqual(liveAnswer(DEFAULT_STATE));
    // What it is told is what it says.
    const told = liveAnswer(
      DEFAULT_STATE,
      known((result) => ({ ...result, walksPerTrip: 77 })),
    );
    expect(told.before.walksPerTrip).toBe(77);
    // With another number the cells are others, though their names are not.
    const walk = { ...DEFAULT_STATE, walk: 2 };
    expect(
      liveAnswer(
        walk,
        known((result) => result),
      ),
    ).toEqual(liveAnswer(walk));
  });

  test('comes from the cells that a run of its suite plans, but for their names', () => {
    const sample = fc.sample(anyState, { seed: 6, numRuns: 40 });
    for (const state of [DEFAULT_STATE, program, ...sample]) {
      const question = liveQuestion(state);
      const planned = planCells({
        suites: [question.suite],
        machines: [question.machine.id],
        ownMachines: [question.machine],
        strategies: [question.strategy],
        seeds: 2,
        jobs: 1,
        command: '',
      });
      const own = [1, 2].flatMap((seed) => cellsOfSeed(question, seed));
      const named = planned.map((cell) => ({ ...cell, cellId: '' }));
      expect(named).toHaveLength(4);
      for (const cell of own) expect(named).toContainEqual(cell);
    }
  });

  test.each<[string, Partial<LiveState>]>([
    ['as captured', {}],
    ['at other prices', { walk: 2, flush: 0.3 }],
    ['on another machine with smaller TLBs', { machine: 'skx', tlb: 0.25 }],
    ['with two L2s', { l2s: 2, switches: 0.5, strategy: 'asid-cache-4' }],
    ['with shadow paging', { scenario: 'cpuid-npt-shadow' }],
    ['of nested page faults', { scenario: 'npf-npt-npt', strategy: 'ideal' }],
    ['of a program', { scenario: 'rate-sweep', rate: 100_000, pages: 500 }],
    ['of a program that exits rarely', { scenario: 'rate-sweep', rate: 4000, pages: 32 }],
  ])('is the same to the last digit on a page, %s', async (_, changed) => {
    const state = { ...DEFAULT_STATE, ...changed };
    const { last, seeds } = await onPage(state);
    expect(last).toEqual(liveAnswer(state));
    expect(seeds).toEqual([1, 2, 3, 4]);
  });

  test('has causes that add up to its time, and its saving is their difference', () => {
    const { before, after, savingNs, frequencyGhz } = liveAnswer({ ...program, walk: 1.7 });
    for (const side of [before, after]) {
      const cycles = Object.values(side.cyclesPerTrip).reduce((sum, each) => sum + each, 0);
      expect(cycles / frequencyGhz).toBeCloseTo(side.meanNs, 6);
    }
    expect(savingNs.point).toBeCloseTo(before.meanNs - after.meanNs, 6);
  });

  test('moves as its assumptions say', async () => {
    const saving = (changed: Partial<LiveState>) =>
      liveAnswer({ ...program, ...changed }).savingNs.point;
    const nominal = saving({});
    expect(saving({ walk: 2 })).toBeGreaterThan(nominal);
    expect(saving({ flush: 5 })).toBeGreaterThan(nominal);
    expect(saving({ pages: 500 })).toBeGreaterThan(nominal);
    expect(saving({ pages: 4 })).toBeLessThan(nominal);
  });

  test('counts the stale hits of a strategy that is unsafe', () => {
    const { before, after } = liveAnswer({
      ...DEFAULT_STATE,
      scenario: 'npf-npt-npt',
      strategy: 'rfc-2025-03+vmcb12TlbControl=ignored',
    });
    expect(before.staleHits).toBe(0);
    expect(after.staleHits).toBeGreaterThan(0);
  });
});

describe('a page', () => {
  test('has of a recorded program the answer as recorded, and says of another that it lacks it', async () => {
    const state = stateOfScenario('db-sqlite-l2');
    const { last } = await onPage(state);
    expect(last).toEqual(liveAnswer(state));
    expect(last?.storedSeeds).toBe(8);
    const others: Partial<LiveState>[] = [{ rate: 13_000 }, { l2s: 2 }, { machine: 'skx' }];
    for (const changed of [...others, { strategy: 'ideal' }]) {
      expect(await onPage({ ...state, ...changed })).toEqual({ seeds: [], elsewhere: true });
    }
  });

  test('stops when nobody waits any more', async () => {
    const answers: number[] = [];
    await compute(
      { ...DEFAULT_STATE, machine: 'zen4-genoa' },
      {
        onAnswer: ({ seeds }) => answers.push(seeds),
        onElsewhere: () => {},
        isOver: () => answers.length > 0,
        pause: async () => {},
      },
    );
    expect(answers).toEqual([1]);
  });

  test('unpacks the trips that were packed', () => {
    // A computer has put them in place of those of the files, so other tests can't see a difference.
    expect(captured.length).toBeGreaterThan(5);
    expect(data.captures.map(unpackTrips)).toEqual(captured);
  });

  test('refuses to pack touches of more pages than its digits name', () => {
    const step = { level: 0, end: 'resume', exit: 'X', instructions: 1 } as const;
    const trips = [{ steps: [{ ...step, touches: Int32Array.of(4096) }] }];
    const large = {
      capture: 'x',
      kernel: 'linux-6.12.117',
      pages: new Float64Array(2049),
      sizes: null,
      trips,
      invlpgPages: [],
    } as const;
    expect(() => packTrips(large, 'X')).toThrow(/touch 4096/);
  });
});

describe('a recorded program', () => {
  test('begins with the rate of its suite, and only that is said of it', () => {
    const programs = LIVE_SCENARIOS.filter((_, at) => isRecorded(suites[at]!));
    expect(programs.map(({ id }) => id)).toEqual([
      'kv-redis-l2',
      'db-sqlite-l2',
      'kbuild-cc1-l2',
      'compute-zstd-l2',
    ]);
    for (const { id, rate } of LIVE_SCENARIOS) {
      const { workload } = suites.find((suite) => suite.id === id || suite.family === id)!;
      const own = programs.some((each) => each.id === id) && workload.kind === 'program';
      expect(rate, id).toBe(own ? workload.exitsPerSecond.nominal : undefined);
    }
  });
});

describe('the suite of a state', () => {
  test('is one that could stand in a file', () => {
    const sample = fc.sample(anyState, { seed: 7, numRuns: 100 });
    for (const state of sample) {
      const {
        file: _,
        sha256: __,
        family: ___,
        text: ____,
        ...document
      } = liveQuestion(state).suite;
      const parsed = suiteSchema.safeParse(document);
      expect(parsed.error?.issues ?? [], JSON.stringify(state)).toEqual([]);
    }
  });

  test('is for prices alone the same, and so are its events', () => {
    const dear = questionOf({ ...program, walk: 3, flush: 7 }, suites.at(-1)!);
    const plain = questionOf(program, suites.at(-1)!);
    expect(dear.suite).toEqual(plain.suite);
    const [first] = cellsOfSeed(dear, 1).map(runCell);
    const [second] = cellsOfSeed(plain, 1).map(runCell);
    expect(first?.events).toEqual(second?.events);
    expect(first?.meanNs).toBeGreaterThan(second?.meanNs ?? 0);
  });

  test('runs fewer trips where each takes long, and never fewer than 6', () => {
    const trips = (rate: number) => liveQuestion({ ...program, rate }).suite.trips;
    expect(trips(40_000)).toEqual({ warmUp: 20, measured: 40 });
    expect(trips(4000)).toEqual({ warmUp: 10, measured: 20 });
    expect(trips(1000)).toEqual({ warmUp: 3, measured: 6 });
    const many = liveQuestion({ ...program, rate: 10_000, pages: 4000 }).suite.trips;
    expect(many).toEqual({ warmUp: 10, measured: 20 });
  });
});

describe('a machine with other second-level TLBs', () => {
  const tlb = NUMBER_CONTROLS.find(({ key }) => key === 'tlb')!;
  test.each(MACHINES.map(({ id }) => id))('%s can be built at every stop', (machine) => {
    const entries = tlb.stops.map((factor) => {
      const made = questionOf({ ...DEFAULT_STATE, machine, tlb: factor }, suites[0]!).machine;
      const { secondData } = buildTlbArrays(machineConfig(made), new TagSpace());
      expect(secondData.length).toBeGreaterThan(0);
      return made.tlb.secondLevelData[0]!.entries.value;
    });
    for (let at = 1; at < entries.length; at += 1) expect(entries[at]).toBe(entries[at - 1]! * 2);
  });
});

describe('a control', () => {
  test('says why it changes nothing', () => {
    const trip = suites[0]!;
    const says = (state: LiveState, suite = trip) =>
      NUMBER_CONTROLS.flatMap(({ key }) => {
        const why = whyNot(key, state, suite);
        return why === null ? [] : [`${key}: ${why}`];
      });
    expect(says(DEFAULT_STATE)).toEqual([
      'rate: captured round trips follow each other at once',
      'pages: captured round trips touch the pages that they touched',
      'switches: there is one L2',
    ]);
    expect(says({ ...program, l2s: 2 }, suites.at(-1)!)).toEqual([]);
  });

  test('that changes nothing changes nothing', () => {
    const changed = { ...DEFAULT_STATE, rate: 1000, pages: 8192, switches: 1 };
    const own = questionOf(DEFAULT_STATE, suites[0]!);
    const other = questionOf(changed, suites[0]!);
    expect(cellsOfSeed(other, 1)).toEqual(cellsOfSeed(own, 1));
  });
});
