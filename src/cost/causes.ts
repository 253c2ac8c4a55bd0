/** What prices a page walk: its start, and each reference by where the line of the table lies. */
const WALK = [
  'costs.walkStartCycles',
  'caches.l1dCycles',
  'caches.l2Cycles',
  'caches.l3Cycles',
  'caches.dramNanoseconds',
  'costs.exposedWalkShare',
] as const;

/**
 * Every cycle is charged to exactly one of these causes.
 * The direct cost of a flush and the misses that it causes later are different causes.
 * `what` is charged to it; `pricedBy` are parameters of the machine.
 */
export const CAUSES = [
  {
    id: 'l0Instructions',
    group: 'software',
    label: 'L0 (KVM) instructions',
    what: 'Instructions that KVM executes between a #VMEXIT and the next VMRUN, as counted in the captured log. Those of its own flushes and syncs are taken out and charged apart.',
    pricedBy: ['costs.cyclesPerInstruction'],
  },
  {
    id: 'l1Instructions',
    group: 'software',
    label: 'L1 instructions',
    what: 'Instructions that L1 executes to handle an exit of L2, as counted in the captured log.',
    pricedBy: ['costs.cyclesPerInstruction'],
  },
  {
    id: 'l2Instructions',
    group: 'software',
    label: 'L2 instructions',
    what: 'Instructions of L2: captured ones, or those of the program that runs in it. A program has a price of its own, workload.programCyclesPerInstruction.',
    pricedBy: ['costs.cyclesPerInstruction'],
  },
  {
    id: 'worldSwitch',
    group: 'transition',
    label: 'VMRUN, #VMEXIT, VMLOAD, VMSAVE',
    what: 'Entering a guest and coming back, once for each VMRUN that hardware executes.',
    pricedBy: ['costs.vmrunVmexitNanoseconds', 'costs.vmloadVmsaveNanoseconds'],
  },
  {
    id: 'flushInstruction',
    group: 'flush',
    label: 'Flush itself (TLB_CONTROL, INVLPGA)',
    what: 'What TLB_CONTROL adds to a VMRUN, and what INVLPGA takes. The misses that follow are refill.',
    pricedBy: ['costs.flushAsidCycles', 'costs.flushAllCycles', 'costs.invlpgaCycles'],
  },
  {
    id: 'flushRequest',
    group: 'flush',
    label: 'Serving flush requests in KVM',
    what: 'An entry into a guest that served at least one KVM_REQ to flush or sync.',
    pricedBy: ['costs.flushRequestCycles'],
  },
  {
    id: 'mmuSync',
    group: 'mmu',
    label: 'Shadow page-table sync',
    what: 'Instructions of L0 that bring unsync shadow pages up to date. A sync that finds none costs nothing here.',
    pricedBy: ['costs.cyclesPerInstruction'],
  },
  {
    id: 'guestFlush',
    group: 'guest',
    label: "Guests' own INVLPG and MOV CR3",
    what: 'Flushes that a guest executes without an exit.',
    pricedBy: ['costs.invlpgCycles', 'costs.movCr3FlushCycles'],
  },
  {
    id: 'remoteFlush',
    group: 'flush',
    label: 'Remote flush: IPI or INVLPGB, and wait',
    what: 'Making vCPUs on other pCPUs flush, and waiting until they have.',
    pricedBy: ['costs.remoteFlushIpiNanoseconds', 'costs.invlpgbNanoseconds'],
  },
  {
    id: 'refillTlb',
    group: 'refill',
    label: 'Refill after flush: TLB entries',
    what: 'Walks for pages that a flush, or a new ASID, has taken away: the references to leaf entries.',
    pricedBy: WALK,
  },
  {
    id: 'refillWalkCache',
    group: 'refill',
    label: 'Refill after flush: walk caches',
    what: 'Walks for pages that a flush, or a new ASID, has taken away: the references to upper levels.',
    pricedBy: WALK,
  },
  {
    id: 'refillNestedTlb',
    group: 'refill',
    label: 'Refill after flush: nested TLB',
    what: 'Walks for pages that a flush, or a new ASID, has taken away: the references of the second dimension, from gPA to sPA.',
    pricedBy: WALK,
  },
  {
    id: 'missCold',
    group: 'miss',
    label: 'First-touch walks',
    what: 'Walks for pages that were not translated before.',
    pricedBy: WALK,
  },
  {
    id: 'missCapacity',
    group: 'miss',
    label: 'Walks after eviction',
    what: 'Walks for pages whose entry had to make room for another.',
    pricedBy: WALK,
  },
  {
    id: 'missInvalidated',
    group: 'miss',
    label: 'Walks after a single page was flushed (INVLPG, INVLPGA)',
    what: 'Walks for a page that was flushed alone.',
    pricedBy: WALK,
  },
  {
    id: 'secondLevelHit',
    group: 'miss',
    label: 'First-level misses that hit the second level',
    what: 'Hits in the second-level TLB. A strategy that flushes less has more of them, where it had walks before.',
    pricedBy: ['tlb.secondLevelHitCycles'],
  },
] as const;

/** The name of a cause; `explain cause ID` says what is charged to it. */
export type CauseId = (typeof CAUSES)[number]['id'];
export const CAUSE_IDS: readonly CauseId[] = CAUSES.map((cause) => cause.id);
/** Cycles by cause, in modelled cycles; keys in the order of CAUSES. */
export type CyclesByCause = Readonly<Record<CauseId, number>>;
