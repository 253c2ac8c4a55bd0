import type { Strategy } from '../hypervisor/strategies.ts';
import type { CellResult } from '../run/results.ts';
import type { Cell } from '../suite/cell.ts';
import { cellOf } from '../suite/plan.ts';
import type { SideEvents } from '../uncertainty/answer-model.ts';
import type { SurfaceData } from '../uncertainty/event-surface.ts';
import { eventsByKind, meanEvents } from '../uncertainty/events.ts';
import type { Range } from '../uncertainty/range.ts';
import type { Axis, Setup } from './axes.ts';
import { withTurnLength } from './axes.ts';

/** Both sides of the question. */
export interface Sides {
  readonly before: Strategy;
  readonly after: Strategy;
}

/** Collects cells while a plan is made; each point remembers which are its own. */
export class CellPlan {
  readonly cells: Cell[] = [];

  /** Cells of both sides of a setup for some seeds, and how to read their mean events later. */
  point(setup: Setup, sides: Sides, seeds: number): PlannedPoint {
    const { suite, machine } = setup;
    const first = this.cells.length;
    for (const side of ['before', 'after'] as const) {
      for (let seed = 0; seed < seeds; seed++) {
        this.cells.push(cellOf(suite, machine, sides[side], suite.seeds.first + seed));
      }
    }
    return { first, seeds };
  }
}

export interface PlannedPoint {
  readonly first: number;
  readonly seeds: number;
}

function eventsOf({ events, roundTrips }: CellResult) {
  if (events === undefined) throw new RangeError('a cell was computed without its events');
  return eventsByKind(events, roundTrips);
}

/** Events of each seed of a point. */
export function seedEvents(point: PlannedPoint, results: readonly CellResult[]): SideEvents[] {
  return Array.from({ length: point.seeds }, (_, seed) => ({
    before: eventsOf(results[point.first + seed]!),
    after: eventsOf(results[point.first + point.seeds + seed]!),
  }));
}

export function meanOfSeeds(seeds: readonly SideEvents[]): SideEvents {
  return {
    before: meanEvents(seeds.map(({ before }) => before)),
    after: meanEvents(seeds.map(({ after }) => after)),
  };
}

/** Layouts of memory that the design is averaged over; its differences are paired, seed by seed. */
const DESIGN_SEEDS = 1;

/** Knots of the turn's length, and at which of them the other numbers are varied. */
function mainKnots(turn: Range | null): { all: number[]; off: number[] } {
  if (turn === null) return { all: [1], off: [1] };
  const { low, value, high } = turn;
  const middle = (a: number, b: number) => Math.round(Math.sqrt(a * b));
  const all = [...new Set([low, middle(low, value), value, middle(value, high), high])];
  return { all, off: [...new Set([low, value, high])] };
}

/** A cross of runs through the nominals. */
export interface PlannedDesign {
  readonly turn: Range | null;
  readonly axes: readonly Axis[];
  /** The setup with other values, as the design and its checks run it. */
  readonly at: (turnLength: number, values: ReadonlyMap<string, number>) => Setup;
  readonly surface: (results: readonly CellResult[], nominal: SideEvents) => SurfaceData;
  /** Events at the nominals as the design counts them. */
  readonly nominal: (results: readonly CellResult[]) => SideEvents;
  /** Everything that it runs. */
  readonly points: readonly PlannedPoint[];
}

export function planDesign(
  plan: CellPlan,
  setup: Setup,
  sides: Sides,
  axes: readonly Axis[],
  turn: Range | null,
): PlannedDesign {
  const nominalTurn = turn?.value ?? 1;
  const at = (turnLength: number, values: ReadonlyMap<string, number>): Setup => {
    const changed = axes.reduce((made, { unknown, apply }) => {
      const value = values.get(unknown.path);
      return value === undefined || value === unknown.value ? made : apply(made, value);
    }, setup);
    return withTurnLength(changed, turnLength, nominalTurn);
  };
  const run = (turnLength: number, values: ReadonlyMap<string, number>) =>
    plan.point(at(turnLength, values), sides, DESIGN_SEEDS);
  const { all, off } = mainKnots(turn);
  const central = all.map((knot) => run(knot, new Map()));
  const lines = axes.map(({ unknown, knots }) =>
    off.map((knot) =>
      knots.map((value) =>
        value === unknown.value
          ? central[all.indexOf(knot)]!
          : run(knot, new Map([[unknown.path, value]])),
      ),
    ),
  );
  const events = (results: readonly CellResult[]) => (point: PlannedPoint) =>
    meanOfSeeds(seedEvents(point, results));
  return {
    turn,
    axes,
    at,
    points: [...new Set([...central, ...lines.flat(2)])],
    nominal: (results) => events(results)(central[all.indexOf(nominalTurn)]!),
    surface: (results, nominal) => ({
      main: { knots: all, nominal: nominalTurn },
      central: central.map(events(results)),
      offMainKnots: off,
      off: axes.map(({ unknown, knots }, i) => ({
        axis: { path: unknown.path, knots, nominal: unknown.value },
        events: lines[i]!.map((line) => line.map(events(results))),
      })),
      nominal,
    }),
  };
}

/** So many numbers of the guest at both ends, in every combination, are worth running. */
const MOST_CORNER_AXES = 4;

/**
 * Corners of a design: the ends of what the guest does in every combination, each with sizes at their nominals, all at
 * their low and all at their high ends. The geometry of TLBs stays, whose ends need not go together. No answer lies
 * beyond these and the cross.
 */
export function planCorners(plan: CellPlan, design: PlannedDesign, sides: Sides): PlannedPoint[] {
  const { turn, at } = design;
  const unknowns = design.axes.map(({ unknown }) => unknown);
  const guest = unknowns.filter(({ kind }) => kind === 'workload');
  const sizes = unknowns.filter(({ kind, path }) => kind === 'size' && !path.startsWith('tlb.'));
  const corners = (guest.length > MOST_CORNER_AXES ? [] : guest).reduce<readonly Corner[]>(
    (made, { path, low, high }) =>
      made.flatMap((values) => [low, high].map((end): Corner => [...values, [path, end]])),
    [[]],
  );
  const atSizes: readonly Corner[] = [
    [],
    sizes.map(({ path, low }) => [path, low] as const),
    sizes.map(({ path, high }) => [path, high] as const),
  ];
  const turns = turn === null ? [1] : [...new Set([turn.low, turn.high])];
  return turns.flatMap((length) =>
    corners.flatMap((corner) =>
      atSizes.map((ends) =>
        plan.point(at(length, new Map([...corner, ...ends])), sides, DESIGN_SEEDS),
      ),
    ),
  );
}

type Corner = readonly (readonly [path: string, value: number])[];
