import type { Parameter } from '../units/parameter.ts';
import type { PmuEvents } from './pmu-events.ts';

export const PAGE_SIZES = ['4K', '2M', '1G'] as const;
export type PageSize = (typeof PAGE_SIZES)[number];

/** What one physical TLB array holds. `ways` equal to `entries` means fully associative. */
export interface TlbArray {
  readonly entries: Parameter;
  readonly ways: Parameter;
  readonly sizes: readonly PageSize[];
}

export const REPLACEMENTS = ['lru', 'fifo', 'nru', 'tree-plru', 'random'] as const;
export type Replacement = (typeof REPLACEMENTS)[number];
/**
 * What a preset may say: `pseudo-lru` is what each array can afford, true LRU where it is fully
 * associative, tree-PLRU in sets of a power of two of ways, NRU in other sets.
 */
export type PresetReplacement = Replacement | 'pseudo-lru';

/**
 * A range of models of one family as CPUID numbers them. AMD's are as in Linux
 * arch/x86/kernel/cpu/amd.c (bsp_init_amd), Intel's as in arch/x86/include/asm/intel-family.h.
 */
export interface CpuModels {
  readonly family: number;
  readonly from: number;
  readonly to: number;
}

/**
 * A machine as data: every number with range, unit, source and confidence.
 * Addresses its readers as hardware does: nothing here knows a hypervisor.
 */
export interface MachinePreset {
  readonly id: string;
  readonly vendor: 'AMD' | 'Intel';
  readonly name: string;
  readonly referencePart: string;
  /** CPUs that have this core, client parts too. */
  readonly cpuModels: readonly CpuModels[];
  /** Events of its PMU; null where Linux has no names for them. */
  readonly pmuEvents: PmuEvents | null;
  readonly frequencyGhz: Parameter;
  readonly tlb: {
    /** First level, data and instruction side; an array per group of page sizes. */
    readonly firstLevelData: readonly TlbArray[];
    readonly firstLevelInstruction: readonly TlbArray[];
    /** Second level for data; when `secondLevelInstruction` is empty it serves both sides. */
    readonly secondLevelData: readonly TlbArray[];
    readonly secondLevelInstruction: readonly TlbArray[];
    readonly secondLevelHitCycles: Parameter;
    readonly replacement: { readonly value: PresetReplacement; readonly source: string };
  };
  readonly walkCaches: {
    /** Entries for PML4E and PDPTE. */
    readonly upperEntries: Parameter;
    /** Entries for PDE; 0 when PDEs live in the second-level data TLB. */
    readonly pdeEntries: Parameter;
    /** 1 when PDEs live in the second-level data TLB and compete with translations. */
    readonly pdeInSecondLevelTlb: Parameter;
    /** Entries of the gPA to sPA cache used inside nested walks. */
    readonly nestedTlbEntries: Parameter;
    /** Upper-level entries of the nested tables (nPML4E, nPDPTE, nPDE). */
    readonly nestedUpperEntries: Parameter;
  };
  readonly caches: {
    readonly l1dCycles: Parameter;
    readonly l2Cycles: Parameter;
    readonly l3Cycles: Parameter;
    readonly dramNanoseconds: Parameter;
    /** Lines of each cache level that page tables are taken to occupy. */
    readonly pageTableLinesInL1d: Parameter;
    readonly pageTableLinesInL2: Parameter;
    readonly pageTableLinesInL3: Parameter;
  };
  readonly tags: {
    /** Number of ASIDs that CPUID 8000_000A EBX reports, or of VPIDs; the host's 0 included. */
    readonly asidCount: Parameter;
    readonly flushByAsid: Parameter;
    readonly pcid: Parameter;
    readonly invlpgb: Parameter;
    readonly sevAsidsMax: Parameter;
  };
  readonly costs: {
    /** VMRUN plus #VMEXIT as hardware executes them, per round trip, without VMLOAD and VMSAVE. */
    readonly vmrunVmexitNanoseconds: Parameter;
    /** The VMLOAD and VMSAVE that a hypervisor executes around each VMRUN, per round trip. */
    readonly vmloadVmsaveNanoseconds: Parameter;
    readonly flushAsidCycles: Parameter;
    readonly flushAllCycles: Parameter;
    readonly invlpgCycles: Parameter;
    readonly invlpgaCycles: Parameter;
    readonly movCr3FlushCycles: Parameter;
    /** Part of a walk that is not a memory reference. */
    readonly walkStartCycles: Parameter;
    /** Share of a walk's latency that out-of-order execution can't hide. */
    readonly exposedWalkShare: Parameter;
    /** Kernel code that misses no TLB. */
    readonly cyclesPerInstruction: Parameter;
    /** Two pending requests tested and served, and a root sync on its fast path, per transition. */
    readonly flushRequestCycles: Parameter;
    readonly remoteFlushIpiNanoseconds: Parameter;
    /** One INVLPGB and the TLBSYNC that completes it. */
    readonly invlpgbNanoseconds: Parameter;
  };
}
