import { machineById } from '../hardware/presets/index.ts';
import { strategyById } from '../hypervisor/strategies.ts';
import { cellOf } from '../suite/plan.ts';
import { runMachine } from '../suite/run-machine.ts';
import type { Suite } from '../suite/suite.ts';
import { type TripContents, tripContents } from './tlb-contents.ts';

/** A scenario of a run, whose cells can be computed once more. */
export interface ContentsRequest {
  readonly scenario: string;
  readonly machine: string;
  /** The baseline first. */
  readonly strategies: readonly string[];
  readonly seed: number;
  /** Ids of the run's cells. */
  readonly cellIds: ReadonlySet<string>;
  readonly suites: readonly Suite[];
  /** Trips that were seen already, by cell id; absent: none. */
  readonly seen?: ReadonlyMap<string, TripContents>;
}

/** The TLB over a round trip of one scenario of a run. */
export interface RunContents {
  readonly scenario: string;
  readonly machine: string;
  readonly seed: number;
  /** By strategy, the baseline first. */
  readonly trips: readonly TripContents[];
}

/**
 * Computes the trips of a scenario again, as far as they are of the run: a cell's id names everything
 * that decides it. Undefined for a suite or a machine of the user's own, and for runs of other
 * versions; a strategy that can't be made from its name alone is left out.
 */
export function contentsOfRun(request: ContentsRequest): RunContents | undefined {
  const { scenario, seed, cellIds } = request;
  const suite = request.suites.find(({ id }) => id === scenario);
  const machine = shippedMachine(request.machine);
  if (suite === undefined || machine === undefined) return undefined;
  const trips = request.strategies.flatMap((id, index) => {
    const strategy = strategyById(id);
    if (strategy === undefined) return [];
    const cell = cellOf(suite, machine, strategy, seed);
    if (!cellIds.has(cell.cellId)) return [];
    return [
      { isBaseline: index === 0, trip: request.seen?.get(cell.cellId) ?? tripContents(cell) },
    ];
  });
  if (trips[0]?.isBaseline !== true) return undefined;
  return { scenario, machine: machine.id, seed, trips: trips.map(({ trip }) => trip) };
}

function shippedMachine(id: string) {
  return machineById(id) === undefined ? undefined : runMachine(id);
}
