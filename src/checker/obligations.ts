import { addBit } from '../hypervisor/requests.ts';

/** What a flush policy owes its guests and the host. `id` and number are used in every report. */
export const OBLIGATIONS = {
  'O1 TAG-UNIQUE': 'on a pCPU one ASID belongs to one VM, vCPU and level at a time',
  'O2 FIRST-USE': 'a new owner of a number flushes on every pCPU before its first use there',
  'O3 PCPU-RETURN': 'entries left on a pCPU are dead when the vCPU comes back',
  'O4 VCPU-SHARE': 'vCPUs that share a number on a pCPU are separated by a flush',
  'O5 LEVEL-SEP': "L1 never hits L2's entries, and vice versa",
  'O6 ASID12-SEP': 'another asid12 is another TLB domain',
  'O7 ALL-LEVELS': 'a flush of everything reaches the level that is not active',
  'O8 PENDING-PERSIST': "a recorded flush survives until that VMCB's VMRUN",
  'O9 REQ-CONTEXT': 'a request is served against the context that it was made for',
  'O10 L1-HONOURED': "L1's TLB_CONTROL and INVLPGA take effect",
  'O11 SYNC': 'a flush that concerns a shadowed table re-syncs its shadow',
  'O12 RIGHT-PCPU': 'an immediate page flush runs where the entries are',
  'O13 ROOT-LOAD': 'loading a root flushes every ASID that can use it',
  'O14 NO-HOST-BLAST': 'L1 can never make hardware flush every ASID',
  'O15 ROLLOVER': 'a number is used again only after a flush of everything on that pCPU',
  'O16 ALL-EXITS': 'every way out of L2 obeys the rules of the transition',
  'O17 SHARED-FALLBACK': 'a number that VMs share is legal and flushed on every VMRUN',
  'O18 PV-LEVEL': "a paravirtual flush asked by L1 reaches L1's ASID though the vCPU is in L2",
  'O19 HV-FIFO': 'a queued Hyper-V flush is executed before its level runs',
  'O20 SEV-REUSE': 'a SEV ASID is used again only after WBINVD and DF_FLUSH',
} as const;

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
