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

/** A set of behaviours with its provenance. Nothing compares the names. */
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

/** A strategy that ships, with all that is said of it elsewhere. */
export interface NamedStrategy extends Strategy {
  /** Why it is worth running, as a sentence. */
  readonly why: string;
  /** What it is called in a sentence, where its id would say little to somebody who reads no other. */
  readonly subject: { readonly words: string; readonly isPlural: boolean };
  /** Its colour in every chart; absent: one that is free, in the order in which a run names them. */
  readonly colour?: StrategyColour;
}

/** Colours that belong to a strategy each; the theme of the charts says how they look. */
export type StrategyColour =
  | 'grey'
  | 'moss'
  | 'sky'
  | 'amber'
  | 'blue'
  | 'plum'
  | 'violet'
  | 'olive'
  | 'vermilion'
  | 'rust'
  | 'green';

const one = (words: string) => ({ words, isPlural: false });
const several = (words: string) => ({ words, isPlural: true });

const SERIES = '20250326193619.3714986-1-yosry.ahmed@linux.dev';

const RFC_2025_03: NamedStrategy = {
  id: 'rfc-2025-03',
  summary: 'One static ASID per VM and a second one for its L2; flushes only on request.',
  source: `[RFC PATCH 00/24] KVM: SVM: Rework ASID management, ${SERIES}`,
  behaviour: behaviourAfter(LAST_PATCH),
  why: 'It is the series whose steps this suite prices and checks one by one.',
  subject: one('a per-L2 ASID without transition flushes'),
  colour: 'blue',
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
const ASID_CACHES: readonly NamedStrategy[] = CACHE_SIZES.map(([count, size]) => ({
  id: `asid-cache-${count}`,
  summary: `Static ASIDs per vCPU: one for L1 and ${count} for its L2s, reused by age.`,
  source: 'this suite; not proposed upstream',
  behaviour: { ...RFC_2026_06, l2Asid: 'cached-per-vcpu', l2AsidCacheSize: size },
  why: 'Several L2s on one vCPU share one ASID in all proposals; this asks what more would give.',
  subject: several(`ASIDs for ${size} L2s of a vCPU`),
}));

/** Every strategy that has a name of its own; prefixes of the series have theirs by `strategyById`. */
export const STRATEGIES: readonly NamedStrategy[] = [
  {
    id: 'kvm-6.14',
    summary:
      'One dynamic ASID per vCPU, shared by L1 and L2; flush and MMU sync on each nested transition.',
    source: 'Linux v6.14 arch/x86/kvm/svm; the series is of it',
    behaviour: KVM_6_14,
    why: 'It is the "before" of every comparison: the kernel that the series was posted for.',
    subject: one('KVM of Linux 6.14'),
    colour: 'grey',
  },
  {
    id: CAPTURED_KERNEL,
    summary:
      'The same rules in the stable kernel that the captures are of: a move to another pCPU makes both VMCBs take new ASIDs.',
    source:
      'Debian linux-source-6.12 (6.12.117) arch/x86/kvm/svm, with the fixes of CVE-2026-99346 and CVE-2026-98715',
    behaviour: KVM_6_12_117,
    why: 'It is what the captured logs show, VMRUN by VMRUN: the same rules, with later fixes.',
    subject: one('KVM of Linux 6.12.117'),
    colour: 'moss',
  },
  {
    id: 'rfc-2025-02',
    summary: 'A dynamic ASID for each VMCB; flushes only on request. The published table ran it.',
    source: '[RFC PATCH 00/13], 20250205182402.2147495-1-yosry.ahmed@linux.dev',
    behaviour: RFC_2025_02,
    why: 'The only published AMD measurement of the change was made with it.',
    subject: one('an ASID per VMCB'),
    colour: 'sky',
  },
  {
    id: 'static-2025-03-13',
    summary: 'One static ASID per VM, shared by L1 and L2. Withdrawn by its author as unsafe.',
    source:
      '[RFC PATCH 0/7], 20250313215540.4171762-1-yosry.ahmed@linux.dev; withdrawn: Z9xby4dSWWvHSjgL@google.com',
    behaviour: STATIC_2025_03_13,
    why: 'It is known to be unsafe: a tool that does not say so can not be trusted about the others.',
    subject: one('a static ASID per VM'),
    colour: 'amber',
  },
  RFC_2025_03,
  {
    id: 'rfc-2026-06',
    summary: 'Two static ASIDs per vCPU, one for L1 and one for L2; flushes only on request.',
    source:
      '[RFC PATCH v2 00/25], 20260616004155.1435766-1-yosry@kernel.org; mails 03 to 16, 18 and 20 to 25 not read',
    behaviour: RFC_2026_06,
    why: 'It is where the work went: one ASID per vCPU and level instead of per VM.',
    subject: several('two static ASIDs per vCPU'),
    colour: 'plum',
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
    why: 'It is how the other vendor does it, with tags that were always per vCPU and level.',
    subject: several('the VPID rules of VMX'),
    colour: 'violet',
  },
  {
    id: 'xen-generation',
    summary: 'A new ASID instead of each flush, from a counter of the pCPU; two per nested vCPU.',
    source: 'Xen arch/x86/hvm/asid.c and svm/nestedsvm.c, from memory and not read again: assumed',
    behaviour: XEN_GENERATION,
    why: 'It is how another hypervisor does it, and how an L1 may behave.',
    subject: one('a new ASID instead of each flush'),
    colour: 'olive',
  },
  ...ASID_CACHES,
  {
    id: 'flush-always',
    summary: 'Upper bound of the cost: each VMRUN flushes its ASID.',
    source: 'bound of this suite',
    behaviour: { ...KVM_6_14, everyVmrun: 'flush', withoutFlushByAsid: 'flush-all-asids' },
    why: 'It bounds the cost from above: nothing that KVM could do flushes more.',
    subject: one('a flush at every VMRUN'),
    colour: 'vermilion',
  },
  {
    id: 'no-asid',
    summary: 'Hardware without tags: each VMRUN flushes everything, the host included.',
    source: 'bound of this suite; SVM before ASIDs were used',
    behaviour: { ...KVM_6_14, everyVmrun: 'flush-all-asids' },
    why: 'It is the machine without tags, and shows what tags are worth.',
    subject: one('hardware without ASIDs'),
    colour: 'rust',
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
    why: 'It bounds the cost from below: each result can be read as a share of what was possible.',
    subject: one('an ideal tagged TLB'),
    colour: 'green',
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

/** One that ships, by its id. */
export function namedStrategy(id: string): NamedStrategy | undefined {
  return STRATEGIES.find((strategy) => strategy.id === id);
}

function unchanged(id: string): Strategy | undefined {
  const named = namedStrategy(id);
  if (named !== undefined) return named;
  const [series, count] = id.split('@');
  if (series !== RFC_2025_03.id || count === undefined || !/^\d{1,2}$/.test(count))
    return undefined;
  return Number(count) <= LAST_PATCH ? strategyAfter(Number(count)) : undefined;
}

/** The series up to and including a patch; 0 is the baseline. */
export function strategyAfter(count: number): Strategy {
  return {
    id: `${RFC_2025_03.id}@${count}`,
    summary: `The first ${count} of the ${LAST_PATCH} patches.`,
    source: RFC_2025_03.source,
    behaviour: behaviourAfter(count),
  };
}

/** The full series without some of its patches. */
export function strategyWithout(numbers: readonly number[]): Strategy {
  const dropped = [...new Set(numbers)].sort((a, b) => a - b).join(',');
  return {
    id: `${RFC_2025_03.id}-without-${dropped}`,
    summary: `The ${LAST_PATCH} patches without ${dropped}.`,
    source: RFC_2025_03.source,
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
  return {
    id: `${strategy.id}+${key}=${value}`,
    summary: `${strategy.summary} Changed: ${key}=${value}.`,
    source: strategy.source,
    behaviour: { ...strategy.behaviour, [key]: value },
  };
}
