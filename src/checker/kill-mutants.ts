import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { strategyById } from '../hypervisor/strategies.ts';
import type { Task } from '../parallel/task.ts';
import { checkWorld } from './check-world.ts';
import type { Violation } from './findings.ts';
import { worldById } from './mutant-worlds.ts';
import type { Mutant } from './mutants.ts';

export interface MutantResult {
  readonly id: string;
  readonly strategy: string;
  readonly world: string;
  readonly changes: Partial<KvmBehaviour>;
  /** Events of the known story: no more may be needed. */
  readonly budget: number;
  readonly verdict: 'killed' | 'survived' | 'equivalent';
  readonly killer: Violation | null;
  readonly states: number;
}

/** States that a mutant's world may take; none of the listed ones needs nearly as many. */
const MAX_STATES = 400_000;

/** Explores a mutant beside its strategy, no further than its known story is long. */
export function killMutant(mutant: Mutant): MutantResult {
  const strategy = strategyById(mutant.strategy);
  if (strategy === undefined) throw new RangeError(`no strategy ${mutant.strategy}`);
  const base: KvmBehaviour = { ...strategy.behaviour, ...mutant.repaired };
  const result = checkWorld({
    spec: worldById(mutant.world),
    behaviour: { ...base, ...mutant.changes },
    base,
    maxDepth: mutant.events,
    maxStates: MAX_STATES,
    stopAtNew: true,
    runs: 0,
    seed: 0,
    runLength: 0,
  });
  const killer = result.violations.find((violation) => violation.isNew) ?? null;
  const survived = mutant.equivalent === undefined ? 'survived' : 'equivalent';
  return {
    id: mutant.id,
    strategy: mutant.strategy,
    world: mutant.world,
    changes: mutant.changes,
    budget: mutant.events,
    verdict: killer === null ? survived : 'killed',
    killer,
    states: result.states,
  };
}

/** A mutant as work for a pool. */
export const mutantTask: Task<null, Mutant, MutantResult> = {
  module: import.meta.url,
  name: 'mutantTask',
  run: (mutant) => killMutant(mutant),
};
