import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { openPool } from '../parallel/pool.ts';
import { checkWorld, type WorldCheck, type WorldResult, worldTask } from './check-world.ts';
import type { Violation } from './findings.ts';
import { OBLIGATION_IDS, type Obligation } from './obligations.ts';
import { VIOLATION_CLASSES } from './shrink.ts';
import type { WorldSpec } from './world-spec.ts';

/** How far to look. No time limit: the result must not depend on how fast the machine is. */
export interface Bounds {
  readonly maxDepth: number;
  /** States of each world. */
  readonly maxStates: number;
  readonly runs: number;
  readonly runLength: number;
  readonly seed: number;
}

export const BOUNDS: Bounds = {
  maxDepth: 60,
  maxStates: 2_000_000,
  runs: 20_000,
  runLength: 80,
  seed: 1,
};
/** Side by side with a base a state costs more than twice as much. */
export const COMPARED_BOUNDS: Bounds = { ...BOUNDS, maxStates: 1_000_000 };
/** Enough for a build: a tenth of the random runs of `BOUNDS`, and fewer states. */
export const QUICK_BOUNDS: Bounds = { ...BOUNDS, maxStates: 100_000, runs: 2_000 };

/** What to explore, and how far. */
export interface CheckRequest {
  readonly behaviour: KvmBehaviour;
  /** Violations that it has too are not new. Null: there is nothing to compare with. */
  readonly base: KvmBehaviour | null;
  readonly worlds: readonly WorldSpec[];
  readonly bounds: Bounds;
  readonly jobs: number;
}

/** What an exploration found. */
export interface CheckResult {
  readonly statesExplored: number;
  readonly stepsExplored: number;
  readonly randomSteps: number;
  /** Smallest depth to which a world that is not exhausted was explored; else the greatest of all. */
  readonly depth: number;
  readonly exhaustive: boolean;
  readonly obligations: readonly { readonly obligation: Obligation; readonly states: number }[];
  readonly violations: readonly Violation[];
  readonly worlds: readonly WorldResult[];
}

/** Explores every world to its bounds. The result is the same for any number of jobs. */
export async function checkEverything(
  request: CheckRequest,
  onWorld: (result: WorldResult, done: number, total: number) => void = () => {},
): Promise<CheckResult> {
  const { worlds, jobs } = request;
  const results: WorldResult[] = [];
  const pool = openPool(worldTask, null, { jobs: Math.max(1, Math.min(jobs, worlds.length)) });
  try {
    await pool.run(
      worlds.map((spec) => worldCheck(request, spec, false)),
      (result) => {
        results.push(result);
        onWorld(result, results.length, worlds.length);
      },
    );
  } finally {
    await pool.close();
  }
  return summary(results);
}

/** States of each world that are spent on a shorter path once there is one. */
const STATES_AFTER_FIND = 50_000;

/**
 * Looks for one violation that the base does not have, by a shortest path of these worlds:
 * after each find the next worlds are explored only as far as they could better it.
 */
export function findNew(
  request: CheckRequest,
  onWorld: (result: WorldResult, done: number, total: number) => void = () => {},
): CheckResult {
  const results: WorldResult[] = [];
  let { maxDepth, maxStates } = request.bounds;
  for (const spec of request.worlds) {
    const result = checkWorld({ ...worldCheck(request, spec, true), maxDepth, maxStates });
    results.push(result);
    onWorld(result, results.length, request.worlds.length);
    for (const violation of result.violations) {
      if (!violation.isNew) continue;
      maxDepth = Math.min(maxDepth, violation.events - 1);
      maxStates = Math.min(maxStates, STATES_AFTER_FIND);
    }
  }
  return summary(results);
}

function worldCheck(request: CheckRequest, spec: WorldSpec, stopAtNew: boolean): WorldCheck {
  const { behaviour, base, bounds } = request;
  return { spec, behaviour, base, ...bounds, stopAtNew };
}

function summary(worlds: readonly WorldResult[]): CheckResult {
  const total = (of: (world: WorldResult) => number) =>
    worlds.reduce((sum, world) => sum + of(world), 0);
  const open = worlds.filter((world) => !world.exhaustive).map((world) => world.depth);
  const depths = worlds.map((world) => world.depth);
  return {
    statesExplored: total((world) => world.states),
    stepsExplored: total((world) => world.steps),
    randomSteps: total((world) => world.randomSteps),
    depth: open.length > 0 ? Math.min(...open) : Math.max(0, ...depths),
    exhaustive: open.length === 0,
    obligations: OBLIGATION_IDS.map((obligation, index) => ({
      obligation,
      states: total((world) => world.exercised[index]!),
    })),
    violations: merged(worlds.flatMap((world) => world.violations)),
    worlds,
  };
}

/** One finding for each cause, by its shortest transcript: new ones first, then the worst class. */
function merged(violations: readonly Violation[]): readonly Violation[] {
  const byCause = new Map<string, Violation>();
  for (const violation of violations) {
    const known = byCause.get(violation.cause);
    if (known === undefined) byCause.set(violation.cause, violation);
    else {
      const shorter = violation.events < known.events ? violation : known;
      byCause.set(violation.cause, { ...shorter, paths: known.paths + violation.paths });
    }
  }
  return [...byCause.values()].sort(
    (a, b) =>
      Number(b.isNew) - Number(a.isNew) ||
      VIOLATION_CLASSES.indexOf(a.class) - VIOLATION_CLASSES.indexOf(b.class) ||
      a.events - b.events,
  );
}
