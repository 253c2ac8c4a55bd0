/**
 * Bit sets of KVM requests and of reasons to flush. The only file of the hypervisor with bit
 * operators; the sets are small integers so that a state can be copied and compared cheaply.
 */

/** Requests of a vCPU, consumed at its next entry. */
export const KVM_REQ = {
  mmuSync: 1,
  tlbFlush: 2,
  tlbFlushCurrent: 4,
  tlbFlushGuest: 8,
  hvTlbFlush: 16,
  mmuFreeObsoleteRoots: 32,
  apicvUpdate: 64,
} as const;

/** Why a flush is pending. Bookkeeping of the model; KVM keeps no reasons. */
const FLUSH_REASONS = [
  'nestedTransition',
  'vmcb12TlbControl',
  'vmcb12AsidChange',
  'cr4Pge',
  'remoteFlush',
  'pcpuChange',
  'firstUse',
  'ownerChange',
  'fallbackAsid',
  'asidRollover',
  'everyVmrun',
  'guestFlush',
  'wrongAsid',
  'rootLoad',
  'pvFlush',
  'sevAsidShared',
  'avic',
] as const;
export type FlushReason = (typeof FLUSH_REASONS)[number];

export function addBit(set: number, bit: number): number {
  return set | bit;
}

export function removeBit(set: number, bit: number): number {
  return set & ~bit;
}

export function hasBit(set: number, bit: number): boolean {
  return (set & bit) !== 0;
}

export function addReason(set: number, reason: FlushReason): number {
  return set | (1 << FLUSH_REASONS.indexOf(reason));
}

export function hasReason(set: number, reason: FlushReason): boolean {
  return (set & (1 << FLUSH_REASONS.indexOf(reason))) !== 0;
}
