import {
  BEHAVIOUR_KEYS,
  type BehaviourKey,
  behaviourValues,
  type KvmBehaviour,
} from './behaviour.ts';
import {
  KVM_6_12_117,
  KVM_6_14,
  RFC_2025_02,
  RFC_2026_06,
  STATIC_2025_03_13,
  VMX_VPID,
  XEN_GENERATION,
} from './kvm-behaviours.ts';
import { behaviourAfter, behaviourWithout, LAST_PATCH } from './patches.ts';

/** A named set of behaviours with its provenance. Nothing compares the names. */
export interface Strategy {
  readonly id: string;
  readonly summary: string;
  readonly source: string;
  readonly behaviour: KvmBehaviour;
  /**
   * Where only parts of a posting were read: the behaviours that rest on what was, and on which mail.
   * All others are assumed.
   */
  readonly read?: Readonly<Partial<Record<BehaviourKey, string>>>;
  /** It is the whole series of patches, so that single ones can be left out of it. */
  readonly isSeries?: true;
}

const SERIES = '20250326193619.3714986-1-yosry.ahmed@linux.dev';

const RFC_2025_03: Strategy = {
  id: 'rfc-2025-03',
  summary: 'One static ASID per VM and a second one for its L2; flushes only on request.',
  source: `[RFC PATCH 00/24] KVM: SVM: Rework ASID management, ${SERIES}`,
  behaviour: behaviourAfter(LAST_PATCH),
  isSeries: true,
};

/** What all captures in data/ were made on: `replay` compares with it unless told otherwise. */
export const CAPTURED_KERNEL = 'kvm-6.12.117';

/** Words of `l2AsidCacheSize` by the number in a strategy's name. */
const CACHE_SIZES = [
  [2, 'two'],
  [4, 'four'],
  [8, 'eight'],
  [16, 'sixteen'],
] as const;

/** `asid-cache-N`: what L3, Windows beside WSL, and several L2s on one vCPU would need. */
const ASID_CACHES: readonly Strategy[] = CACHE_SIZES.map(([count, size]) => ({
  id: `asid-cache-${count}`,
  summary: `Static ASIDs per vCPU: one for L1 and ${count} for its L2s, reused by age.`,
  source: 'this suite; not proposed upstream',
  behaviour: { ...RFC_2026_06, l2Asid: 'cached-per-vcpu', l2AsidCacheSize: size },
}));

/** Every strategy that has a name of its own; prefixes of the series have theirs by `strategyById`. */
export const STRATEGIES: readonly Strategy[] = [
  {
    id: 'kvm-6.14',
    summary:
      'One dynamic ASID per vCPU, shared by L1 and L2; flush and MMU sync on each nested transition.',
    source: 'Linux v6.14 arch/x86/kvm/svm; the series is of it',
    behaviour: KVM_6_14,
  },
  {
    id: CAPTURED_KERNEL,
    summary:
      'The same rules in the stable kernel that the captures are of: a move to another pCPU makes both VMCBs take new ASIDs.',
    source:
      'Debian linux-source-6.12 (6.12.117) arch/x86/kvm/svm, with the fixes of CVE-2026-99346 and CVE-2026-98715',
    behaviour: KVM_6_12_117,
  },
  {
    id: 'rfc-2025-02',
    summary: 'A dynamic ASID for each VMCB; flushes only on request. The published table ran it.',
    source: '[RFC PATCH 00/13], 20250205182402.2147495-1-yosry.ahmed@linux.dev',
    behaviour: RFC_2025_02,
  },
  {
    id: 'static-2025-03-13',
    summary: 'One static ASID per VM, shared by L1 and L2. Withdrawn by its author as unsafe.',
    source:
      '[RFC PATCH 0/7], 20250313215540.4171762-1-yosry.ahmed@linux.dev; withdrawn: Z9xby4dSWWvHSjgL@google.com',
    behaviour: STATIC_2025_03_13,
  },
  RFC_2025_03,
  {
    id: 'rfc-2026-06',
    summary: 'Two static ASIDs per vCPU, one for L1 and one for L2; flushes only on request.',
    source:
      '[RFC PATCH v2 00/25], 20260616004155.1435766-1-yosry@kernel.org; mails 03 to 16, 18 and 20 to 25 not read',
    behaviour: RFC_2026_06,
    read: {
      l1Asid: '00/25',
      l2Asid: '00/25',
      nestedTransition: '00/25',
      forcedLeave: '01/25',
      asidsShownToL1: '02/25',
      localRequestsBeforeSwitch: '17/25',
      vmcb12AsidChange: '19/25',
    },
  },
  {
    id: 'vmx-vpid',
    summary: "KVM's code for Intel: vpid01 and vpid02 per vCPU, flushed at once.",
    source: 'Linux arch/x86/kvm/vmx; "KVM: nVMX: Always flush vpid02 on first use" (2026)',
    behaviour: VMX_VPID,
  },
  {
    id: 'xen-generation',
    summary: 'A new ASID instead of each flush, from a counter of the pCPU; two per nested vCPU.',
    source: 'Xen arch/x86/hvm/asid.c and svm/nestedsvm.c, from memory and not read again: assumed',
    behaviour: XEN_GENERATION,
  },
  ...ASID_CACHES,
  {
    id: 'flush-always',
    summary: 'Upper bound of the cost: each VMRUN flushes its ASID.',
    source: 'bound of this suite',
    behaviour: { ...KVM_6_14, everyVmrun: 'flush', withoutFlushByAsid: 'flush-all-asids' },
  },
  {
    id: 'no-asid',
    summary: 'Hardware without tags: each VMRUN flushes everything, the host included.',
    source: 'bound of this suite; SVM before ASIDs were used',
    behaviour: { ...KVM_6_14, everyVmrun: 'flush-all-asids' },
  },
  {
    id: 'ideal',
    summary:
      'Lower bound of the cost: own ASIDs, and exactly the stale entries vanish at once and for free.',
    source: 'bound of this suite',
    behaviour: {
      ...RFC_2026_06,
      l2Asid: 'cached-per-vcpu',
      l2AsidCacheSize: 'sixteen',
      staleEntries: 'vanish',
    },
  },
];

/** The comparison's "before" unless a suite says otherwise. */
export const DEFAULT_BASELINE = 'kvm-6.14';

/**
 * A named strategy, a prefix of the series (`rfc-2025-03@17` is its first 17 patches), or one of
 * these with behaviours changed (`rfc-2026-06+forcedLeave=no-flush`).
 */
export function strategyById(id: string): Strategy | undefined {
  const [base = '', ...changes] = id.split('+');
  return changes.reduce<Strategy | undefined>((strategy, change) => {
    const [key = '', value = ''] = change.split('=');
    if (strategy === undefined || !isBehaviourKey(key)) return undefined;
    return withBehaviour(strategy, key, value);
  }, unchanged(base));
}

function unchanged(id: string): Strategy | undefined {
  const named = STRATEGIES.find((strategy) => strategy.id === id);
  if (named !== undefined) return named;
  const [series, count] = id.split('@');
  if (series !== RFC_2025_03.id || count === undefined || !/^\d{1,2}$/.test(count))
    return undefined;
  return Number(count) <= LAST_PATCH ? strategyAfter(Number(count)) : undefined;
}

/** The series up to and including a patch; 0 is the baseline. */
export function strategyAfter(count: number): Strategy {
  const { isSeries: _, ...series } = RFC_2025_03;
  return {
    ...series,
    id: `${RFC_2025_03.id}@${count}`,
    summary: `The first ${count} of the ${LAST_PATCH} patches.`,
    behaviour: behaviourAfter(count),
  };
}

/** The full series without some of its patches. */
export function strategyWithout(numbers: readonly number[]): Strategy {
  const dropped = [...new Set(numbers)].sort((a, b) => a - b).join(',');
  const { isSeries: _, ...series } = RFC_2025_03;
  return {
    ...series,
    id: `${RFC_2025_03.id}-without-${dropped}`,
    summary: `The ${LAST_PATCH} patches without ${dropped}.`,
    behaviour: behaviourWithout(numbers),
  };
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
  const { read: _, ...rest } = strategy;
  return {
    ...rest,
    id: `${strategy.id}+${key}=${value}`,
    summary: `${strategy.summary} Changed: ${key}=${value}.`,
    behaviour: { ...strategy.behaviour, [key]: value },
  };
}
