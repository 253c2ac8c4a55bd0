import type { CellResult } from '../run/results.ts';
import type { Suite } from '../suite/suite.ts';
import { type ByKind, timeOf } from '../uncertainty/events.ts';
import { instructionsBetweenExits } from '../workloads/program.ts';
import type { Setup } from './axes.ts';
import { type CellPlan, meanOfSeeds, type PlannedPoint, type Sides, seedEvents } from './design.ts';
import type { BreakEvenMap, BreakEvenPoint, BreakEvenRow } from './sensitivity-result.ts';

const WORKING_SETS_PAGES = [8, 32, 128, 512, 2048];
const EXITS_PER_SECOND = [1000, 3000, 10_000, 30_000, 100_000];
const SHARES = [0.01, 0.05, 0.1];
/** A program of 8 pages of code that moves to another page, any one of its own, every 30 instructions. */
const CODE_PAGES = 8;
const INSTRUCTIONS_PER_MOVE = 30;
/** Moves that a point of the map measures: its trips are as many as that makes. */
const MOVES = 200_000;

/** The suite's handlers of exits, with a program of that working set and rate in L2. */
export function suiteAt(setup: Setup, pages: number, exitsPerSecond: number): Suite {
  const { suite, machine } = setup;
  const { workload } = suite;
  const handlers =
    workload.kind === 'program'
      ? workload.handlers
      : [{ capture: workload.capture, reflectedExit: workload.reflectedExit, weight: 1 }];
  const known = (nominal: number, source: string) => ({
    nominal,
    low: nominal,
    high: nominal,
    unit: 'count' as const,
    source,
  });
  const turn = instructionsBetweenExits(exitsPerSecond, machine.frequencyGhz.value);
  const trips = (moves: number, least: number, most: number) =>
    Math.round(Math.min(most, Math.max(least, (moves * INSTRUCTIONS_PER_MOVE) / turn)));
  const { events: _, fleet: _fleet, ...rest } = suite;
  return {
    ...rest,
    workload: {
      kind: 'program',
      handlers,
      exitsPerSecond: known(exitsPerSecond, 'a point of the map'),
      trace: {
        generated: {
          hotPages: { ...known(pages, 'a point of the map'), unit: 'pages' },
          codePages: CODE_PAGES,
          zipfExponent: 0,
          streamedPages: 0,
          streamedShare: 0,
          instructionsPerMove: INSTRUCTIONS_PER_MOVE,
        },
      },
    },
    trips: { warmUp: trips(MOVES / 2, 2, 40), measured: trips(MOVES, 4, 40) },
  };
}

export interface PlannedMap {
  /** The map at some prices. */
  readonly map: (results: readonly CellResult[], prices: ByKind) => BreakEvenMap;
}

/** One cell for each side of each point. Null for a workload without an L2. */
export function planBreakEven(plan: CellPlan, setup: Setup, sides: Sides): PlannedMap | null {
  if (setup.suite.workload.kind === 'l1-exits') return null;
  const points: PlannedPoint[][] = WORKING_SETS_PAGES.map((pages) =>
    EXITS_PER_SECOND.map((rate) =>
      plan.point({ ...setup, suite: suiteAt(setup, pages, rate) }, sides, 1),
    ),
  );
  return {
    map: (results, prices) => ({
      exitsPerSecond: EXITS_PER_SECOND,
      rows: points.map((row, i): BreakEvenRow => {
        const savingRatios = row.map((point) => {
          const { before, after } = meanOfSeeds(seedEvents(point, results));
          return 1 - timeOf(after, prices) / timeOf(before, prices);
        });
        return {
          workingSetPages: WORKING_SETS_PAGES[i]!,
          savingRatios,
          points: SHARES.map((share) => breakEvenPoint(share, EXITS_PER_SECOND, savingRatios)),
        };
      }),
    }),
  };
}

/**
 * The lowest rate at which a share is saved, interpolated in equal factors. The saving is taken to
 * grow with the rate between two points of the map, as it does.
 */
export function breakEvenPoint(
  savingRatio: number,
  rates: readonly number[],
  ratios: readonly number[],
): BreakEvenPoint {
  const first = ratios.findIndex((ratio) => ratio >= savingRatio);
  if (first < 0) return { savingRatio, reached: 'never', exitsPerSecond: null };
  if (first === 0) return { savingRatio, reached: 'below', exitsPerSecond: rates[0]! };
  const [from, to] = [ratios[first - 1]!, ratios[first]!];
  const share = (savingRatio - from) / (to - from);
  const [low, high] = [rates[first - 1]!, rates[first]!];
  return {
    savingRatio,
    reached: 'within',
    exitsPerSecond: low * Math.exp(share * Math.log(high / low)),
  };
}
