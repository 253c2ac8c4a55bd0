import { describe, expect, test } from 'vitest';
import { type Course, fixedCourse, openCourse } from '../../src/run/course.ts';
import type { CellResult } from '../../src/run/results.ts';
import { type KnownWhole, seedsToSettle, settlingCells } from '../../src/run/settled-seeds.ts';
import type { Cell } from '../../src/suite/cell.ts';

const STRATEGIES = ['before', 'after', 'other'];
const MOST = 20;

function cellsOf(id: string): Cell[] {
  const trips = { warmUp: 1, measured: 10 };
  const suite = { id, baseline: 'before', seeds: { first: 1, count: MOST }, trips };
  return STRATEGIES.flatMap((strategy) =>
    Array.from({ length: MOST }, (_, index) => {
      const seed = index + 1;
      const cellId = `${id} ${strategy} ${seed}`;
      return { cellId, suite, machineId: 'milan', strategy: { id: strategy }, seed } as Cell;
    }),
  );
}

function wholeOf(scenario: string, low: number, high: number): KnownWhole {
  const side = { machine: 'milan', baseline: 'before', strategy: 'after' };
  return { scenario, ...side, ratio: { point: 0.1, low, high }, ns: { low: -1e9, high: 1e9 } };
}

const planned = ['rough', 'unknown', 'sure'].flatMap(cellsOf);
/** `sure` may be 0.02 wide, `rough` 0.004. */
const wholes = [wholeOf('rough', 0.08, 0.12), wholeOf('sure', 0.0999, 0.1001)];

/** Seeds alternate by 1 % of the time before, in the saving. */
function resultOf({ cellId, suite, machineId, strategy, seed }: Cell): CellResult {
  const wobble = strategy.id === 'after' ? (seed % 2 === 0 ? 1 : -1) : 0;
  const meanNs = strategy.id === 'before' ? 1000 : 900 + wobble;
  const names = { cellId, scenario: suite.id, machine: machineId, strategy: strategy.id, seed };
  return { ...names, meanNs } as CellResult;
}

function open(): { course: Course; cells: readonly Cell[] } {
  const { cells, settled } = settlingCells(planned, wholes);
  const plan = { cellIds: cells.map(({ cellId }) => cellId), shard: null };
  return { course: openCourse(plan, cells, settled), cells: cells as readonly Cell[] };
}

/** The cells of a course in the order in which it takes them, with the places that each of them completes. */
function taken({ course, cells }: ReturnType<typeof open>) {
  const ids: string[] = [];
  const complete: string[] = [];
  for (let next = course.next(); next !== undefined; next = course.next()) {
    const cell = cells[next]!;
    ids.push(cell.cellId);
    if (course.add(resultOf(cell))) complete.push(cell.suite.id);
  }
  return { ids, complete };
}

describe('scenarios whose seeds settle', () => {
  const { ids, complete } = taken(open());

  test('come with their pilots first, the best known one before the others', () => {
    const scenarios = ids.map((id) => id.split(' ')[0]);
    expect(scenarios.slice(0, 24)).toEqual(Array(24).fill('sure'));
    expect(scenarios.slice(24, 48)).toEqual(Array(24).fill('rough'));
    expect(scenarios.slice(48, 108)).toEqual(Array(60).fill('unknown'));
  });

  test('take more seeds where the pilot is too wide, all strategies alike, up to the number of the suite', () => {
    const count = (id: string) => ids.filter((each) => each.startsWith(`${id} after`)).length;
    expect([count('rough'), count('sure'), count('unknown')]).toEqual([8, MOST, MOST]);
    for (const strategy of STRATEGIES) {
      const seeds = ids.filter((id) => id.startsWith(`sure ${strategy}`));
      expect(seeds).toEqual(Array.from({ length: MOST }, (_, at) => `sure ${strategy} ${at + 1}`));
    }
    expect(complete).toEqual(['rough', 'unknown', 'sure']);
  });

  test('say how many the pilot asked for and how many were taken', () => {
    const opened = open();
    taken(opened);
    const said = opened.course.settled();
    expect(said).toMatchObject([
      { scenario: 'sure', pilot: 8, most: 20, seeds: 20 },
      { scenario: 'rough', pilot: 8, most: 20, wanted: 8, seeds: 8 },
    ]);
    expect(said[0]?.wanted).toBeGreaterThan(20);
  });

  test('are the same however often the run was stopped in between', () => {
    for (const stop of [1, 24, 50, ids.length - 13, ids.length - 1]) {
      const { course, cells } = open();
      const stored = ids.slice(0, stop).map((id) => cells.find(({ cellId }) => cellId === id)!);
      for (const cell of stored) course.add(resultOf(cell));
      expect(taken({ course, cells }).ids, `${stop}`).toEqual(ids.slice(stop));
    }
  });

  test('are all of a suite whose pilot might miss an event', () => {
    const events = { migrations: { nominal: 0.02, low: 0, high: 1, unit: 'ratio' } };
    const eventful = cellsOf('rough').map((cell) => ({
      ...cell,
      suite: { ...cell.suite, events, workload: { kind: 'round-trips' } },
    }));
    // 80 trips see 1.6 of them, 2000 see 40.
    const long = eventful.map((cell) => ({
      ...cell,
      suite: { ...cell.suite, trips: { warmUp: 1, measured: 100 } },
    }));
    const short = eventful.map((cell) => ({
      ...cell,
      suite: { ...cell.suite, seeds: { first: 1, count: 200 } },
    }));
    const settledOf = (cells: object) => settlingCells(cells as readonly Cell[], wholes).settled;
    expect(settledOf(long)).toHaveLength(1);
    expect(settledOf(short)).toHaveLength(0);
  });
});

test('a fixed course is the plan, or a shard of it', () => {
  const cellIds = ['a', 'b', 'c', 'd', 'e'];
  expect(fixedCourse({ cellIds, shard: null }).due()).toEqual([0, 1, 2, 3, 4]);
  expect(fixedCourse({ cellIds, shard: { index: 2, count: 2 } }).due()).toEqual([1, 3]);
});

test('a fixed course says when a scenario is complete', () => {
  const cells = [...cellsOf('one'), ...cellsOf('two')];
  const plan = { cellIds: cells.map(({ cellId }) => cellId), shard: null };
  const course = fixedCourse(plan, cells);
  const complete = cells.filter((cell) => course.add(resultOf(cell)));
  expect(complete.map(({ cellId }) => cellId)).toEqual(['one other 20', 'two other 20']);
});

test('a ratio takes seeds even where the nanoseconds are the same for all', () => {
  const before = [1000, 1100, 900, 1000, 1050, 950, 1000, 1000];
  const after = before.map((time) => time - 100);
  expect(seedsToSettle(before, after, { wantedNs: 1, wantedRatio: 1 })).toBe(8);
  // The ratio deviates by 0.1 of the deviation of the time before, 59.8 ns of 1000; Student's t is 2.3646.
  const wide = seedsToSettle(before, after, { wantedNs: 1, wantedRatio: 0.004 });
  expect(wide).toBe(Math.ceil(((2.364624 * 0.1 * 59.7614) / 1000 / 0.002) ** 2));
});
