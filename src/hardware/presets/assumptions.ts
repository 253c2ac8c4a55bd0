import type { Parameter } from '../../units/parameter.ts';
import type { MachinePreset } from '../machine-preset.ts';
import { assumed, ranged } from './make-parameter.ts';
import { SOURCES } from './sources.ts';

/**
 * What no vendor has published, and what follows from it. The presets share these numbers,
 * so that a better one has to be entered once.
 */

type Costs = MachinePreset['costs'];

/** Three figures of one quantity, in ascending order. */
export interface ThreeFigures {
  readonly low: number;
  readonly value: number;
  readonly high: number;
}

export const REPLACEMENT_AMD = {
  value: 'pseudo-lru',
  source:
    'Unpublished for AMD. Pseudo-LRU of each array is the nominal; true LRU and random are the ' +
    'bounds.',
} as const;

/** gPA to sPA entries of a part whose vendor publishes nothing about them. */
export const NESTED_TLB_ENTRIES_AMD: Parameter = assumed(
  16,
  64,
  256,
  'entries',
  'No AMD publication for any Zen. The K10-era nested TLB had 16 entries (as recalled); Zen may ' +
    'also keep nested translations in its second-level TLB or its PDC, hence the wide range.',
);

export const NESTED_UPPER_ENTRIES: Parameter = assumed(
  8,
  16,
  32,
  'entries',
  'Unpublished. A few entries cover all of a guest: one nPML4E, one nPDPTE per GiB and one nPDE ' +
    'per 2 MiB that holds page tables. 16, with half and twice as bounds.',
);

/** The second level holds the PDEs, so there is no separate PDE cache. */
export const ZEN_PDE_CACHING = {
  pdeEntries: ranged(
    0,
    0,
    0,
    'entries',
    'secondary',
    SOURCES.wikichipZen2,
    'PDEs live in the second-level data TLB.',
  ),
  pdeInSecondLevelTlb: ranged(
    1,
    1,
    1,
    'flag',
    'secondary',
    SOURCES.wikichipZen2,
    'Written about Zen 2; the Chips and Cheese article on the leaked Zen 5 slide says the same ' +
      'of all Zen parts. PDEs compete with 4K and 2M entries and are flushed with them.',
  ),
} as const;

/** Entries of the page-directory cache of Zen, for PML4E and PDPTE. */
export const ZEN_UPPER_ENTRIES: Parameter = ranged(
  32,
  64,
  128,
  'entries',
  'secondary',
  SOURCES.cncZen5Slide,
  'The article gives 64 since Zen 1; half and twice are bounds of our own.',
);

const EXPOSED_WALK_SHARE: Parameter = assumed(
  0.3,
  0.7,
  1,
  'ratio',
  'Out-of-order execution hides part of a refill. 1 hides nothing; 0.3 is a guess at the best ' +
    `case. ${SOURCES.hansen2017} argues alike: flushing all user entries by CR3 misses about ` +
    'twice as often after each flush, yet costs a kernel build only 0.58 %.',
);

/** Costs of KVM code and of an IPI, which do not depend on the vendor. */
export const SOFTWARE_COSTS = {
  exposedWalkShare: EXPOSED_WALK_SHARE,
  flushRequestCycles: assumed(
    60,
    200,
    500,
    'cycles',
    'Two KVM_REQ bits tested and served, and kvm_mmu_sync_roots on its fast path. Hardware ' +
      'flush, this and the refill must add up to the about 1000 cycles per transition that ' +
      `Milan shows (${SOURCES.yosry2025}: 256,621 against 301,113 round trips a second, 288 ns ` +
      `per transition).`,
  ),
  remoteFlushIpiNanoseconds: assumed(
    700,
    1200,
    3000,
    'nanoseconds',
    'One target, no contention. The literature agrees on "microseconds" only.',
  ),
  invlpgbNanoseconds: assumed(
    200,
    500,
    1500,
    'nanoseconds',
    'INVLPGB and TLBSYNC without contention. Nobody has published it.',
  ),
} as const satisfies Partial<Costs>;

const FLUSH_ALL_AMD: Parameter = assumed(
  50,
  250,
  1000,
  'cycles',
  'AMD has published no number for TLB_CONTROL=1. Taken to cost no less than the flush of one ' +
    "ASID, and about as much as Intel's flush through CR4.PGE (746-960 cycles, hot) at worst.",
);

/** Invalidation on AMD: none of these has a published figure. */
export const AMD_INVALIDATION_COSTS = {
  flushAsidCycles: assumed(
    30,
    150,
    500,
    'cycles',
    "AMD has published no number for TLB_CONTROL=3. Milan's cpuid_rate figures bound it from " +
      'above (about 1000 cycles per transition, refill and software included). The nearest flush ' +
      "that was measured is Intel's MOV CR3 (96-251 cycles); the low bound lies below it because " +
      'part of this flush may hide behind VMRUN.',
  ),
  flushAllCycles: FLUSH_ALL_AMD,
  invlpgCycles: assumed(
    90,
    170,
    300,
    'cycles',
    `Intel was measured at 200-260 cycles (${SOURCES.hansen2017}; ${SOURCES.intelBench2015}). ` +
      'AMD is taken to be somewhat faster.',
  ),
  invlpgaCycles: assumed(
    90,
    200,
    400,
    'cycles',
    'INVLPG plus a comparison of the ASID. It may also drop all cached upper-level entries, ' +
      `whatever EFER.TCE says (${SOURCES.amdApm}).`,
  ),
  movCr3FlushCycles: assumed(
    90,
    200,
    400,
    'cycles',
    `Intel was measured at 96-251 and 108-125 cycles, hot (${SOURCES.intelBench2015}). AMD is ` +
      'taken to be alike.',
  ),
} as const satisfies Partial<Costs>;

/** K10 has no FLUSHBYASID: the only flush that exists is that of everything. */
export const K10_INVALIDATION_COSTS = {
  ...AMD_INVALIDATION_COSTS,
  flushAsidCycles: {
    ...FLUSH_ALL_AMD,
    note: 'FLUSHBYASID is absent: only TLB_CONTROL=1 exists, so this repeats flushAllCycles.',
  },
} as const satisfies Partial<Costs>;

/** Reasoning for the world switch of parts that no mail speaks of. */
export const VMRUN_VMEXIT_SCALED =
  'Hardware only. Scaled by hand to this generation from about 600 TSC cycles, which follow from ' +
  `${SOURCES.roth2020}: 1344-1376 cycles from VMLOAD to host VMLOAD, less VMLOAD 306, VMSAVE 282 ` +
  'and 100-200 for the host VMLOAD and assembly. The mail names no CPU.';

export const VMLOAD_VMSAVE_ZEN: Parameter = assumed(
  120,
  290,
  400,
  'nanoseconds',
  'VMLOAD 306 and VMSAVE 282 cycles on average, at an assumed TSC of 2.0 GHz, from ' +
    `${SOURCES.avery2019}. The mail names no CPU; the granularity of its TSC, 20 cycles, points ` +
    'to Zen 1. Later parts are taken to be no slower.',
);

/**
 * The part of a walk that is not a memory reference: a native 4K walk whose PDE is cached and
 * whose PTE is in L2, less that one load, less the lookup that missed the second-level TLB.
 * Low from the three lows, high from the three highs; never below one cycle.
 * It is no better than the walk latency it starts from: assumed unless `derivedFrom` names the
 * measurement behind that latency.
 */
export function walkStartCycles(
  walk: ThreeFigures,
  l2: ThreeFigures,
  secondLevelHit: ThreeFigures,
  derivedFrom?: { readonly source: string; readonly how: string },
): Parameter {
  const left = (pick: (range: ThreeFigures) => number) =>
    Math.max(1, pick(walk) - pick(l2) - pick(secondLevelHit));
  const low = left((range) => range.low);
  const value = left((range) => range.value);
  const high = left((range) => range.high);
  const arithmetic =
    `Walk with cached PDE and PTE in L2 (${show(walk)} cycles) less L2 latency (${show(l2)}) ` +
    `less second-level TLB lookup (${show(secondLevelHit)}): lows, nominals and highs each on ` +
    'their own, at least 1.';
  if (derivedFrom !== undefined) {
    const note = `${derivedFrom.how} ${arithmetic}`;
    return ranged(low, value, high, 'cycles', 'derived', derivedFrom.source, note);
  }
  return assumed(
    low,
    value,
    high,
    'cycles',
    `${arithmetic} The walk itself is inferred from neighbouring generations and from Ivy ` +
      `Bridge's averages of 45 (data) and 34 (instruction) cycles (${SOURCES.hansen2014}).`,
  );
}

function show(range: ThreeFigures): string {
  return `${range.low}/${range.value}/${range.high}`;
}

const LINE_BYTES = 64;

/**
 * Lines of a cache that page tables occupy: an eighth of it, from a thirty-second to a half.
 * `kibibytes` is the size of the cache, `name` what to call it, for example `L3 (CCX)`.
 */
export function pageTableLines(kibibytes: number, name: string): Parameter {
  const lines = (kibibytes * 1024) / LINE_BYTES;
  const size = kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`;
  return assumed(
    lines / 32,
    lines / 8,
    lines / 2,
    'lines',
    `Unpublished and workload-dependent. One eighth of the ${lines} lines of ${size} of ${name}; ` +
      'bounds one thirty-second and one half. The size is public knowledge, not from a dump.',
  );
}
