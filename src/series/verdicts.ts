import type { Bounds } from '../checker/check.ts';
import { findNew } from '../checker/check.ts';
import type { Violation } from '../checker/findings.ts';
import { worldsFor } from '../checker/worlds.ts';
import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Task } from '../parallel/task.ts';

/** What the checker has to say about one set of behaviours against another. */
export interface VerdictQuestion {
  readonly behaviour: KvmBehaviour;
  /** What is wrong under it too does not count. */
  readonly base: KvmBehaviour;
  readonly bounds: Bounds;
}

/** What was found, and how far was looked. */
export interface VerdictAnswer {
  /** The shortest violation that the base does not have; null when none was found. */
  readonly violation: Violation | null;
  readonly statesExplored: number;
  readonly exhaustive: boolean;
}

/** Explores every world until a violation that is new, or to the bounds. */
export function answer({ behaviour, base, bounds }: VerdictQuestion): VerdictAnswer {
  const result = findNew({ behaviour, base, bounds, worlds: worldsFor(behaviour), jobs: 1 });
  const isNew = result.violations.filter((violation) => violation.isNew);
  const [shortest] = isNew.sort((a, b) => a.events - b.events);
  return {
    violation: shortest ?? null,
    statesExplored: result.statesExplored,
    exhaustive: result.exhaustive,
  };
}

/** A question as work for a pool. */
export const verdictTask: Task<null, VerdictQuestion, VerdictAnswer> = {
  module: import.meta.url,
  name: 'verdictTask',
  run: (question) => answer(question),
};
