import { mean, sampleStandardDeviation } from 'simple-statistics';
import { INTERVAL_LEVEL } from '../statistics/paired-saving.ts';
import { seedsForPrecision } from '../statistics/required-seeds.ts';
import { FEWEST_FOR_BOOTSTRAP } from '../statistics/studentized-interval.ts';
import type { Suite } from '../suite/suite.ts';
import type { PlannedCell } from './executed-cell.ts';
import { placeOf } from './place.ts';
import type { SettledSeeds } from './results.ts';
import { missesMore } from './unseen-events.ts';

/** An interval over seeds is to be this share of the whole interval of its saving, or less. */
const SHARE = 0.1;
/** With fewer seeds an interval is Student's t alone, which holds for normal data only. */
const PILOT_SEEDS = FEWEST_FOR_BOOTSTRAP;

/** A saving of a scenario whose interval over everything that is unknown was found before. */
export interface KnownWhole {
  readonly scenario: string;
  readonly machine: string;
  readonly baseline: string;
  readonly strategy: string;
  readonly ratio: { readonly point: number; readonly low: number; readonly high: number };
  readonly ns: { readonly low: number; readonly high: number };
}

/** Cells in the order of results, and what of it depends on results. */
export interface SettlingCells {
  /** All that may be run: first what is run for certain, then what a scenario may take beyond its pilot. */
  readonly cells: readonly PlannedCell[];
  /** Without the numbers that the run will find. */
  readonly settled: readonly ScenarioSettling[];
}

export interface ScenarioSettling extends SettledSeeds {
  readonly scenario: string;
  readonly baseline: string;
  /** Its first seed. */
  readonly first: number;
}

/**
 * Cells of a run in which each scenario with a known whole interval takes no more seeds than it needs: a pilot of
 * all its strategies, then as many more as `seedsToSettle` says, at most the suite's own number. Scenarios come in
 * the order of how well their saving is known, so that the first answers are the surest; those without a whole
 * interval keep the suite's number of seeds, and come last. So does one whose pilot might miss events that all seeds
 * of the suite see.
 */
export function settlingCells(
  planned: readonly PlannedCell[],
  wholes: readonly KnownWhole[],
): SettlingCells {
  const groups = [...groupsOf(planned).values()].map((cells) => ({
    cells,
    whole: wholes.find((each) => isAbout(each, cells[0]!) && canSettle(cells)) ?? null,
  }));
  const known = groups.flatMap(({ cells, whole }) => (whole === null ? [] : [{ cells, whole }]));
  known.sort((a, b) => spread(a.whole) - spread(b.whole));
  const settled = known.map(({ cells, whole }) => settlingOf(cells, whole));
  const isPilot = ({ suite, seed }: PlannedCell) => seed < suite.seeds.first + PILOT_SEEDS;
  return {
    cells: [
      ...known.flatMap(({ cells }) => cells.filter(isPilot)),
      ...groups.flatMap(({ cells, whole }) => (whole === null ? cells : [])),
      ...known.flatMap(({ cells }) => cells.filter((cell) => !isPilot(cell))),
    ],
    settled,
  };
}

function settlingOf(cells: readonly PlannedCell[], whole: KnownWhole): ScenarioSettling {
  const { suite, machineId } = cells[0]!;
  return {
    scenario: suite.id,
    machine: machineId,
    baseline: whole.baseline,
    strategy: whole.strategy,
    first: suite.seeds.first,
    pilot: PILOT_SEEDS,
    most: suite.seeds.count,
    ...wantedWidths(whole),
  };
}

/** Width of the whole interval as a share of the saving. */
function spread({ ratio }: KnownWhole): number {
  return (ratio.high - ratio.low) / Math.abs(ratio.point);
}

function isAbout(whole: KnownWhole, { suite, machineId }: PlannedCell): boolean {
  return whole.scenario === suite.id && whole.machine === machineId;
}

/** Seeds that are run before it is asked how many a suite takes; its own number where that is not to be asked. */
export function pilotSeeds(suite: Suite): number {
  const { count } = suite.seeds;
  return count > PILOT_SEEDS && !missesMore(suite, PILOT_SEEDS, count) ? PILOT_SEEDS : count;
}

function canSettle(cells: readonly PlannedCell[]): boolean {
  const { suite } = cells[0]!;
  return pilotSeeds(suite) < suite.seeds.count;
}

/** Widths that the intervals over seeds of a scenario with this whole interval are to have. */
export function wantedWidths({ ns, ratio }: Pick<KnownWhole, 'ns' | 'ratio'>) {
  return { wantedNs: SHARE * (ns.high - ns.low), wantedRatio: SHARE * (ratio.high - ratio.low) };
}

function groupsOf(cells: readonly PlannedCell[]): Map<string, PlannedCell[]> {
  const groups = new Map<string, PlannedCell[]>();
  for (const cell of cells) {
    const key = placeOf(cell.suite.id, cell.machineId);
    const group = groups.get(key) ?? [];
    group.push(cell);
    groups.set(key, group);
  }
  return groups;
}

/**
 * Seeds that a scenario needs after its pilot: the second stage of Stein's procedure (`seedsForPrecision`), so that
 * the saving in nanoseconds and as a share of the time before have intervals no wider than wanted. It is asked once.
 * `before` and `after` are times of the same seeds.
 */
export function seedsToSettle(
  before: readonly number[],
  after: readonly number[],
  wanted: Pick<SettledSeeds, 'wantedNs' | 'wantedRatio'>,
): number {
  const differences = before.map((time, index) => time - after[index]!);
  const time = mean(before);
  const ratio = mean(differences) / time;
  const offRatio = differences.map((saved, index) => (saved - ratio * before[index]!) / time);
  return Math.max(
    seedsFor(differences, wanted.wantedNs / 2),
    seedsFor(offRatio, wanted.wantedRatio / 2),
  );
}

function seedsFor(values: readonly number[], halfWidth: number): number {
  const pilot = { deviation: sampleStandardDeviation([...values]), count: values.length };
  // Sides that are alike have an interval of no width, over seeds as well.
  if (halfWidth === 0 && pilot.deviation === 0) return pilot.count;
  if (halfWidth === 0) return Number.POSITIVE_INFINITY;
  return seedsForPrecision(pilot, halfWidth, INTERVAL_LEVEL);
}
