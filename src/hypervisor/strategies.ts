import {
  BEHAVIOUR_KEYS,
  type BehaviourKey,
  behaviourValues,
  type KvmBehaviour,
} from './behaviour.ts';

/** A named set of behaviours with its provenance. Nothing compares the names. */
export interface Strategy {
  readonly id: string;
  readonly summary: string;
  readonly source: string;
  readonly behaviour: KvmBehaviour;
}

const KVM_6_14: KvmBehaviour = {
  l1Asid: 'per-vcpu-generation',
  l2Asid: 'shared-with-l1',
  onPcpuChange: 'new-asid',
  secondVmcbOnPcpu: 'first-takes-another',
  asidOwnerTracking: 'untracked',
  withoutFlushByAsid: 'new-asid',
  nestedTransition: 'flush-and-sync',
  localFlushTarget: 'active-vmcb',
  flushRequestScope: 'current-vmcb',
  vmcb12TlbControl: 'ignored',
  vmcb12AsidChange: 'ignored',
  vmcb02TlbControlOnEntry: 'reset',
  localRequestsBeforeSwitch: 'left-pending',
  invlpga: 'as-invlpg',
  forcedLeave: 'no-flush',
  rootLoad: 'flush-current',
  sevAsidTracking: 'vmcb-at-run',
  everyVmrun: 'as-requested',
  staleEntries: 'until-flushed',
};

const RFC_2025_03: KvmBehaviour = {
  l1Asid: 'per-vm-static',
  l2Asid: 'per-vm-static',
  onPcpuChange: 'flush-asid',
  secondVmcbOnPcpu: 'first-adopts',
  asidOwnerTracking: 'flush-when-owner-changes',
  withoutFlushByAsid: 'flush-all-asids',
  nestedTransition: 'as-needed',
  localFlushTarget: 'by-guest-mode',
  flushRequestScope: 'both-vmcbs',
  vmcb12TlbControl: 'honoured',
  vmcb12AsidChange: 'flush',
  vmcb02TlbControlOnEntry: 'kept',
  localRequestsBeforeSwitch: 'served-first',
  invlpga: 'on-l2-asid',
  forcedLeave: 'no-flush',
  rootLoad: 'flush-current',
  sevAsidTracking: 'vcpu-at-load',
  everyVmrun: 'as-requested',
  staleEntries: 'until-flushed',
};

export const STRATEGIES: readonly Strategy[] = [
  {
    id: 'kvm-6.14',
    summary:
      'One dynamic ASID per vCPU, shared by L1 and L2; flush and MMU sync on each nested transition.',
    source: 'Linux v6.14 arch/x86/kvm/svm; captured on 6.12.117',
    behaviour: KVM_6_14,
  },
  {
    id: 'rfc-2025-03',
    summary: 'One static ASID per VM and a second one for its L2; flushes only on request.',
    source:
      '[RFC PATCH 00/24] KVM: SVM: Rework ASID management, 20250326193619.3714986-1-yosry.ahmed@linux.dev',
    behaviour: RFC_2025_03,
  },
  {
    id: 'flush-always',
    summary: 'Upper bound of the cost: each VMRUN flushes its ASID.',
    source: 'bound of this suite',
    behaviour: { ...KVM_6_14, everyVmrun: 'flush', withoutFlushByAsid: 'flush-all-asids' },
  },
  {
    id: 'ideal',
    summary:
      'Lower bound of the cost: own ASIDs, and exactly the stale entries vanish at once and for free.',
    source: 'bound of this suite',
    behaviour: { ...RFC_2025_03, staleEntries: 'vanish' },
  },
];

/** The comparison's "before" unless a suite says otherwise. */
export const DEFAULT_BASELINE = 'kvm-6.14';

export function strategyById(id: string): Strategy | undefined {
  return STRATEGIES.find((strategy) => strategy.id === id);
}

export function isBehaviourKey(key: string): key is BehaviourKey {
  return (BEHAVIOUR_KEYS as readonly string[]).includes(key);
}

/**
 * A strategy with one behaviour changed; its id says so (`rfc-2025-03+invlpga=as-invlpg`).
 * Returns undefined when the value is not one of the key's.
 */
export function withBehaviour(
  strategy: Strategy,
  key: BehaviourKey,
  value: string,
): Strategy | undefined {
  if (!behaviourValues(key).includes(value)) return undefined;
  return {
    ...strategy,
    id: `${strategy.id}+${key}=${value}`,
    summary: `${strategy.summary} Changed: ${key}=${value}.`,
    behaviour: { ...strategy.behaviour, [key]: value },
  };
}
