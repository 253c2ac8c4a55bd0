import type { BehaviourKey } from '../hypervisor/behaviour.ts';
import { addBit } from '../hypervisor/requests.ts';

/** What must hold, what threatens it, whose memory a broken one lets somebody reach, and who decides. */
interface ObligationFacts {
  readonly must: string;
  readonly threatenedBy: string;
  readonly harms: 'the host' | 'other VMs' | 'the guest itself';
  readonly decidedBy: readonly BehaviourKey[];
}

/** What a flush policy owes its guests and the host. `id` and number are used in every report. */
export const OBLIGATIONS = {
  'O1 TAG-UNIQUE': {
    must: 'on a pCPU one ASID belongs to one VM, vCPU and level at a time',
    threatenedBy: 'allocation, roll-over, the death of a VM',
    harms: 'other VMs',
    decidedBy: ['l1Asid', 'l2Asid', 'tagAllocation'],
  },
  'O2 FIRST-USE': {
    must: 'a new owner of a number flushes on every pCPU before its first use there',
    threatenedBy: 'a number that is used again after its VM has died',
    harms: 'other VMs',
    decidedBy: ['tagFreed', 'onPcpuChange'],
  },
  'O3 PCPU-RETURN': {
    must: 'entries left on a pCPU are dead when the vCPU comes back',
    threatenedBy: 'a vCPU that moves away and comes back',
    harms: 'the guest itself',
    decidedBy: ['onPcpuChange', 'vmcbCpuWritten'],
  },
  'O4 VCPU-SHARE': {
    must: 'vCPUs that share a number on a pCPU are separated by a flush',
    threatenedBy: 'two vCPUs of a VM in turns on one pCPU',
    harms: 'the guest itself',
    decidedBy: ['asidOwnerTracking'],
  },
  'O5 LEVEL-SEP': {
    must: "L1 never hits L2's entries, and vice versa",
    threatenedBy: 'every transition between L1 and L2',
    harms: 'the guest itself',
    decidedBy: ['l2Asid', 'nestedTransition'],
  },
  'O6 ASID12-SEP': {
    must: 'another asid12 is another TLB domain',
    threatenedBy: 'an L1 that runs several L2s',
    harms: 'the guest itself',
    decidedBy: ['vmcb12AsidChange'],
  },
  'O7 ALL-LEVELS': {
    must: 'a flush of everything reaches the level that is not active',
    threatenedBy: 'host unmaps, dirty logging and other remote flushes',
    harms: 'the host',
    decidedBy: ['flushRequestScope', 'hostUnmap'],
  },
  'O8 PENDING-PERSIST': {
    must: "a recorded flush survives until that VMCB's VMRUN",
    threatenedBy: 'TLB_CONTROL that is reset, entries that are abandoned',
    harms: 'the host',
    decidedBy: ['vmcb02TlbControlOnEntry', 'tlbControlCleared', 'abandonedEntry'],
  },
  'O9 REQ-CONTEXT': {
    must: 'a request is served against the context that it was made for',
    threatenedBy: 'a transition between request and entry',
    harms: 'the guest itself',
    decidedBy: ['localRequestsBeforeSwitch', 'localFlushTarget'],
  },
  'O10 L1-HONOURED': {
    must: "L1's TLB_CONTROL and INVLPGA take effect",
    threatenedBy: 'what L1 writes in vmcb12, and its INVLPGA',
    harms: 'the guest itself',
    decidedBy: ['vmcb12TlbControl', 'invlpga'],
  },
  'O11 SYNC': {
    must: 'a flush that concerns a shadowed table re-syncs its shadow',
    threatenedBy: 'unsync pages, and roots that are kept for later',
    harms: 'the guest itself',
    decidedBy: ['nestedTransition', 'vmcb12TlbControl', 'vmcb12AsidChange'],
  },
  'O12 RIGHT-PCPU': {
    must: 'an immediate page flush runs where the entries are',
    threatenedBy: 'preemption between an exit and its handler',
    harms: 'the guest itself',
    decidedBy: ['invlpgaPcpu'],
  },
  'O13 ROOT-LOAD': {
    must: 'loading a root flushes every ASID that can use it',
    threatenedBy: 'roots that are freed without a remote flush',
    harms: 'the host',
    decidedBy: ['rootLoad'],
  },
  'O14 NO-HOST-BLAST': {
    must: 'L1 can never make hardware flush every ASID',
    threatenedBy: 'TLB_CONTROL of vmcb12 that is copied as it is',
    harms: 'other VMs',
    decidedBy: ['vmcb12TlbControl'],
  },
  'O15 ROLLOVER': {
    must: 'a number is used again only after a flush of everything on that pCPU',
    threatenedBy: 'the numbers of a pCPU being used up',
    harms: 'other VMs',
    decidedBy: ['asidRollover'],
  },
  'O16 ALL-EXITS': {
    must: 'every way out of L2 obeys the rules of the transition',
    threatenedBy: 'a forced leave, a failed entry, SET_NESTED_STATE',
    harms: 'the guest itself',
    decidedBy: ['forcedLeave'],
  },
  'O17 SHARED-FALLBACK': {
    must: 'a number that VMs share is legal and flushed on every VMRUN',
    threatenedBy: 'more VMs than numbers',
    harms: 'other VMs',
    decidedBy: ['tagExhaustion', 'fallbackAsid'],
  },
  'O18 PV-LEVEL': {
    must: "a paravirtual flush asked by L1 reaches L1's ASID though the vCPU is in L2",
    threatenedBy: 'a paravirtual flush while the vCPU is in L2',
    harms: 'the guest itself',
    decidedBy: ['pvFlushScope'],
  },
  'O19 HV-FIFO': {
    must: 'a queued Hyper-V flush is executed before its level runs',
    threatenedBy: 'a transition while a Hyper-V flush is queued',
    harms: 'the guest itself',
    decidedBy: ['hyperVQueue', 'hyperVPurge'],
  },
  'O20 SEV-REUSE': {
    must: 'a SEV ASID is used again only after WBINVD and DF_FLUSH',
    threatenedBy: 'the death of an SEV guest',
    harms: 'other VMs',
    decidedBy: ['sevAsidPool'],
  },
} as const satisfies Readonly<Record<string, ObligationFacts>>;

export type Obligation = keyof typeof OBLIGATIONS;
export const OBLIGATION_IDS = Object.keys(OBLIGATIONS) as readonly Obligation[];

let bit = 1;
/** Bits for sets of obligations: the states that exercise one are counted. */
export const OBLIGATION_BITS = Object.fromEntries(
  OBLIGATION_IDS.map((id) => {
    const own = bit;
    bit *= 2;
    return [id, own];
  }),
) as Readonly<Record<Obligation, number>>;

export function exercise(set: number, obligation: Obligation): number {
  return addBit(set, OBLIGATION_BITS[obligation]);
}
