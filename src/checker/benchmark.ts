import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { type Exploration, Explorer } from './explore.ts';
import type { WorldSpec } from './world-spec.ts';

/** A fixed piece of exploration to time from outside: no clock here. */
export function benchmarkPiece(
  spec: WorldSpec,
  behaviour: KvmBehaviour,
  states: number,
): Exploration {
  return new Explorer({
    spec,
    behaviour,
    base: null,
    maxDepth: 200,
    maxStates: states,
    onViolation: () => false,
  }).run();
}
