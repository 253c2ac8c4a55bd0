import type { CheckResult } from './check.ts';
import { VIOLATION_CLASSES, type ViolationClass } from './shrink.ts';

/** What a check of a strategy came to, in numbers. */
export interface StrategySafety {
  readonly strategy: string;
  readonly base: string;
  readonly worlds: number;
  /** Those in which a stale translation can be used. */
  readonly worldsWithStale: number;
  readonly violations: Readonly<Record<ViolationClass, number>>;
  /** Of the violations those that the base does not have. */
  readonly newViolations: number;
  readonly statesExplored: number;
  /** Whether every state of every world was seen. */
  readonly exhaustive: boolean;
}

export function strategySafety(
  strategy: string,
  base: string,
  result: CheckResult,
): StrategySafety {
  const { worlds, violations, statesExplored, exhaustive } = result;
  const counts = VIOLATION_CLASSES.map((kind): [ViolationClass, number] => [
    kind,
    violations.filter((violation) => violation.class === kind).length,
  ]);
  return {
    strategy,
    base,
    worlds: worlds.length,
    worldsWithStale: worlds.filter((world) => world.violations.length > 0).length,
    violations: Object.fromEntries(counts) as Record<ViolationClass, number>,
    newViolations: violations.filter(({ isNew }) => isNew).length,
    statesExplored,
    exhaustive,
  };
}
