import { BEHAVIOUR_KEYS, type KvmBehaviour } from '../hypervisor/behaviour.ts';
import { LAST_PATCH } from '../hypervisor/patches.ts';
import { type Strategy, strategyAfter, strategyWithout } from '../hypervisor/strategies.ts';

/** Every state of the series that is asked about: each prefix, and the whole without each patch. */
export interface SeriesVariants {
  /** After 0, 1, … patches. */
  readonly prefixes: readonly Strategy[];
  /** Without patch 1, 2, …. */
  readonly dropped: readonly Strategy[];
  /** One strategy for each set of behaviours that occurs; refactoring patches add none. */
  readonly distinct: readonly Strategy[];
  /** The strategy of `distinct` that does the same. */
  readonly sameAs: (strategy: Strategy) => Strategy;
}

/** Two strategies with one key do the same. */
export function behaviourId(behaviour: KvmBehaviour): string {
  return BEHAVIOUR_KEYS.map((key) => behaviour[key]).join(' ');
}

export function seriesVariants(): SeriesVariants {
  const prefixes = Array.from({ length: LAST_PATCH + 1 }, (_, count) => strategyAfter(count));
  const dropped = Array.from({ length: LAST_PATCH }, (_, at) => strategyWithout([at + 1]));
  const first = new Map<string, Strategy>();
  for (const strategy of [...prefixes, ...dropped]) {
    const id = behaviourId(strategy.behaviour);
    if (!first.has(id)) first.set(id, strategy);
  }
  return {
    prefixes,
    dropped,
    distinct: [...first.values()],
    sameAs: (strategy) => first.get(behaviourId(strategy.behaviour)) ?? strategy,
  };
}
