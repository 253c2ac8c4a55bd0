import type { PlannedCell } from './executed-cell.ts';
import { placeOf } from './place.ts';
import type { CellResult, Manifest, SettledSeeds } from './results.ts';
import { positionsOf, type RunPlan } from './run-plan.ts';
import { type ScenarioSettling, seedsToSettle } from './settled-seeds.ts';

/** Which cells of a plan a run takes, in the order of its results. Where seeds settle, results decide that. */
export interface Course {
  /** Positions in the plan of the cells that come next for certain. Empty: the run is complete. */
  readonly due: () => readonly number[];
  /** The first of them; undefined when the run is complete. */
  readonly next: () => number | undefined;
  /** So many cells the run has, as far as that is known now. */
  readonly total: () => number;
  /** Takes the result of the next one; says whether its scenario is now complete on its machine. */
  readonly add: (cell: CellResult) => boolean;
  /** What the manifest says of the numbers of seeds, once the run is complete. */
  readonly settled: () => readonly TakenSeeds[];
}

export interface TakenSeeds extends SettledSeeds {
  readonly scenario: string;
}

/** A scenario that is under way. */
interface Place {
  /** Cells that it waits for. */
  left: number;
  /** Null: its number of seeds is fixed. */
  readonly settling: ScenarioSettling | null;
  readonly strategies: Set<string>;
  /** Times of its pilot, by strategy. */
  readonly times: Map<string, number[]>;
  taken: { readonly wanted: number; readonly seeds: number } | null;
}

/** The course of a plan without settling seeds, whose cells need not be at hand: what it says, one by one. */
export function fixedCourse(
  plan: Pick<RunPlan, 'cellIds' | 'shard'>,
  cells: readonly PlannedCell[] = [],
): Course {
  return openCourse(plan, cells, []);
}

/** The course of a plan. `cells` are all of the plan; `settling` says which scenarios take what they need. */
export function openCourse(
  plan: Pick<RunPlan, 'cellIds' | 'shard'>,
  cells: readonly PlannedCell[],
  settling: readonly ScenarioSettling[],
): Course {
  const places = new Map<string, Place>();
  const later: number[] = [];
  const queue: number[] = [];
  for (const position of positionsOf(plan)) {
    const cell = cells[position];
    if (cell === undefined) {
      queue.push(position);
      continue;
    }
    const place = placeFor(places, cell, settling);
    place.strategies.add(cell.strategy.id);
    if (place.settling !== null && cell.seed >= place.settling.first + place.settling.pilot) {
      later.push(position);
    } else {
      queue.push(position);
      place.left += 1;
    }
  }
  let at = 0;
  const addLater = (): void => {
    for (const position of later.splice(0)) {
      const { suite, machineId, seed } = cells[position]!;
      const { settling: of, taken } = places.get(placeOf(suite.id, machineId))!;
      if (of !== null && taken !== null && seed < of.first + taken.seeds) queue.push(position);
    }
  };
  return {
    due: () => queue.slice(at),
    next: () => queue[at],
    total: () => queue.length,
    add: (cell) => {
      at += 1;
      const place = places.get(placeOf(cell.scenario, cell.machine));
      const isComplete = place !== undefined && addTo(place, cell);
      if (at === queue.length) addLater();
      return isComplete;
    },
    settled: () =>
      [...places.values()].flatMap(({ settling: of, taken }) => {
        if (of === null || taken === null) return [];
        return [{ ...of, ...taken }];
      }),
  };
}

function placeFor(
  places: Map<string, Place>,
  { suite, machineId }: PlannedCell,
  settling: readonly ScenarioSettling[],
): Place {
  const key = placeOf(suite.id, machineId);
  const known = places.get(key);
  if (known !== undefined) return known;
  const own = settling.find((each) => each.scenario === suite.id && each.machine === machineId);
  const place = {
    left: 0,
    settling: own ?? null,
    strategies: new Set<string>(),
    times: new Map(),
    taken: null,
  };
  places.set(key, place);
  return place;
}

/** Whether the place is complete with this cell. */
function addTo(place: Place, cell: CellResult): boolean {
  place.left -= 1;
  const { settling, taken } = place;
  if (settling === null || taken !== null) return place.left === 0;
  const times = place.times.get(cell.strategy) ?? [];
  times.push(cell.meanNs);
  place.times.set(cell.strategy, times);
  if (place.left > 0) return false;
  const [before, after] = [settling.baseline, settling.strategy].map((id) => place.times.get(id));
  if (before === undefined || after === undefined) {
    throw new RangeError(`${settling.scenario}: a side of the saving that settles has no cells`);
  }
  const wanted = seedsToSettle(before, after, settling);
  const seeds = Math.min(wanted, settling.most);
  place.taken = { wanted, seeds };
  place.times.clear();
  place.left = place.strategies.size * (seeds - settling.pilot);
  return place.left === 0;
}

function saidOf(of: TakenSeeds): SettledSeeds {
  const { machine, strategy, pilot, most, wantedNs, wantedRatio, wanted, seeds } = of;
  const taken = wanted === undefined || seeds === undefined ? {} : { wanted, seeds };
  return { machine, strategy, pilot, most, wantedNs, wantedRatio, ...taken };
}

/** The manifest with what decides, or has decided, the numbers of seeds. */
export function withTakenSeeds(manifest: Manifest, taken: readonly TakenSeeds[]): Manifest {
  const scenarios = manifest.scenarios.map((scenario) => {
    const own = taken.filter((each) => each.scenario === scenario.id);
    if (own.length === 0) return scenario;
    const { parameters, ...said } = scenario;
    return { ...said, settled: own.map(saidOf), parameters };
  });
  return { ...manifest, scenarios };
}
