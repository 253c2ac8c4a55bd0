import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Task } from '../parallel/task.ts';
import { type Exploration, Explorer } from './explore.ts';
import { Findings, type Violation } from './findings.ts';
import { swarm } from './swarm.ts';
import type { WorldSpec } from './world-spec.ts';

export interface WorldCheck {
  readonly spec: WorldSpec;
  readonly behaviour: KvmBehaviour;
  /** What is wrong under it too is not new; null to ask for everything. */
  readonly base: KvmBehaviour | null;
  readonly maxDepth: number;
  readonly maxStates: number;
  /** End at the first violation that is new against the base. */
  readonly stopAtNew: boolean;
  /** Random runs after the enumeration, and their seed and length. */
  readonly runs: number;
  readonly seed: number;
  readonly runLength: number;
}

export interface WorldResult extends Exploration {
  readonly world: string;
  readonly what: string;
  readonly randomRuns: number;
  readonly randomSteps: number;
  readonly violations: readonly Violation[];
}

/** Explores one world under one strategy, breadth first and then at random. */
export function checkWorld(options: WorldCheck): WorldResult {
  const { spec, behaviour, base } = options;
  const findings = new Findings({ spec, behaviour }, base);
  const exploration = new Explorer({
    spec,
    behaviour,
    // Side by side only where the first new one is wanted: it doubles the states.
    base: options.stopAtNew ? base : null,
    maxDepth: options.maxDepth,
    maxStates: options.maxStates,
    onViolation: (path) => findings.addExplored(path).isNew && options.stopAtNew,
  }).run();
  // Where every state has been seen, random runs would see none of them anew.
  const runs = exploration.exhaustive || options.stopAtNew ? 0 : options.runs;
  const { seed, runLength } = options;
  const random = swarm({ spec, behaviour, seed, runs, length: runLength }, findings);
  return {
    world: spec.id,
    what: spec.what,
    ...exploration,
    randomRuns: runs,
    randomSteps: random.steps,
    violations: findings.found,
  };
}

/** A world as work for a pool. */
export const worldTask: Task<null, WorldCheck, WorldResult> = {
  module: import.meta.url,
  name: 'worldTask',
  run: (input) => checkWorld(input),
};
