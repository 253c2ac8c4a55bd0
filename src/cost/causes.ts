/**
 * Every cycle is charged to exactly one of these causes.
 * The direct cost of a flush and the misses that it causes later are different causes.
 */
export const CAUSES = [
  { id: 'l0Instructions', group: 'software', label: 'L0 (KVM) instructions' },
  { id: 'l1Instructions', group: 'software', label: 'L1 instructions' },
  { id: 'l2Instructions', group: 'software', label: 'L2 instructions' },
  { id: 'worldSwitch', group: 'transition', label: 'VMRUN, #VMEXIT, VMLOAD, VMSAVE' },
  { id: 'flushInstruction', group: 'flush', label: 'Flush itself (TLB_CONTROL, INVLPGA)' },
  { id: 'flushRequest', group: 'flush', label: 'Serving flush requests in KVM' },
  { id: 'mmuSync', group: 'mmu', label: 'Shadow page-table sync' },
  { id: 'guestFlush', group: 'guest', label: "Guests' own INVLPG and MOV CR3" },
  { id: 'remoteFlush', group: 'flush', label: 'Remote flush: IPI or INVLPGB, and wait' },
  { id: 'refillTlb', group: 'refill', label: 'Refill after flush: TLB entries' },
  { id: 'refillWalkCache', group: 'refill', label: 'Refill after flush: walk caches' },
  { id: 'refillNestedTlb', group: 'refill', label: 'Refill after flush: nested TLB' },
  { id: 'missCold', group: 'miss', label: 'First-touch walks' },
  { id: 'missCapacity', group: 'miss', label: 'Walks after eviction' },
  {
    id: 'missInvalidated',
    group: 'miss',
    label: 'Walks after a single page was flushed (INVLPG, INVLPGA)',
  },
  { id: 'secondLevelHit', group: 'miss', label: 'First-level misses that hit the second level' },
] as const;

export type CauseId = (typeof CAUSES)[number]['id'];
export const CAUSE_IDS: readonly CauseId[] = CAUSES.map((cause) => cause.id);
/** Cycles by cause, in modelled cycles; keys in the order of CAUSES. */
export type CyclesByCause = Readonly<Record<CauseId, number>>;
