import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { VMRUN_INSTRUCTIONS } from '../hypervisor/mmu.ts';
import type { Paging } from './mapped-sizes.ts';
import type { Step } from './trips.ts';

/**
 * What the captured kernel executes in L0 and the same kernel with the 24 patches does not, per step of
 * a CPUID trip (captures `stock` and `rfc`, which agree to the instruction in each trip; a test holds the
 * numbers to them). On transitions it is the raising and serving of a flush and a sync: least where
 * no shadow root has to be looked at.
 */
const REQUEST_INSTRUCTIONS = {
  'npt npt': { nestedVmrun: 56, nestedVmexit: 23 },
  'npt shadow': { nestedVmrun: 13, nestedVmexit: 23 },
  'shadow shadow': { nestedVmrun: 56, nestedVmexit: 66 },
} as const;

/** The same on each VMRUN of the hardware: whether the ASID is of the pCPU's generation. */
export const GENERATION_INSTRUCTIONS = 5;

export function requestInstructionsOf({ l0, l1 }: Paging) {
  if (l0 === 'shadow') return REQUEST_INSTRUCTIONS['shadow shadow'];
  return l1 === 'shadow' ? REQUEST_INSTRUCTIONS['npt shadow'] : REQUEST_INSTRUCTIONS['npt npt'];
}

/**
 * What L0 itself executes in a step, without the part that depends on the strategy: requests are charged
 * as `flushRequest` by those that serve them, and a sync by its own formula.
 */
export function ownInstructions(step: Step, paging: Paging, { l1Asid }: KvmBehaviour): number {
  if (step.level !== 0) return step.instructions;
  const generation = l1Asid === 'per-vcpu-generation' ? 0 : GENERATION_INSTRUCTIONS;
  const requests = requestInstructionsOf(paging);
  if (step.end === 'nestedVmexit') return step.instructions - requests.nestedVmexit - generation;
  if (step.end !== 'nestedVmrun') return step.instructions - generation;
  const { withSync, withoutSync } = VMRUN_INSTRUCTIONS;
  const plain = step.instructions >= withSync ? withoutSync : step.instructions;
  return plain - requests.nestedVmrun - generation;
}
