import type { ImportReport } from './import-report.ts';

/** Who runs KVM where the data was taken: the host of L1, or L1 itself. */
export type ObservedLevel = 'L0' | 'L1' | 'unknown';

/** Whose exit it was, as far as the data tells. */
export type ExitOrigin = 'L1' | 'L2' | 'unknown';

/** Exits of one reason from one level. */
export interface ExitCount {
  /** As the exit codes of `inputs/exit-codes.ts` are named: CPUID, IOIO, NPF; or VMX's own name. */
  readonly reason: string;
  readonly from: ExitOrigin;
  readonly count: number;
  /** Those that L0 handed on to L1; null where the data doesn't tell. */
  readonly reflected: number | null;
}

/** How the guest's memory is mapped, as far as the data gives evidence. */
export interface PagingEvidence {
  /** `npt`: L1 maps L2 by nested page tables; `shadow`: L1 has none. */
  readonly l1: 'npt' | 'shadow' | null;
  /** Share of L0's mappings of L1 that are 2 MiB or larger, by memory; null: unknown. */
  readonly l0LargePageShare: number | null;
}

/**
 * What counters and traces of KVM say about a nested guest. Every number is a count over the whole
 * recording; null means that the data can't tell, never zero.
 */
export interface ImportedProfile {
  readonly kind: 'profile';
  readonly format: string;
  readonly files: readonly string[];
  readonly report: ImportReport;
  readonly level: ObservedLevel;
  readonly vendor: 'svm' | 'vmx' | null;
  /** Events, counters or rows that were understood. */
  readonly events: number;
  readonly durationSeconds: number | null;
  /** The duration is a guess from the file, which `--seconds` replaces. */
  readonly durationIsAssumed: boolean;
  /** All exits to the observed KVM. */
  readonly exits: number | null;
  /** VMRUNs of L1 that L0 emulated: each is one round trip. */
  readonly nestedRuns: number | null;
  /** Exits of L2 that L0 handed on to L1. */
  readonly reflectedExits: number | null;
  /** Exits of L2 that L0 handled without L1. */
  readonly l2ExitsHandledByL0: number | null;
  readonly exitsByReason: readonly ExitCount[];
  /** Flush requests that KVM served: its counter `tlb_flush`, or its calls in a function trace. */
  readonly flushes: number | null;
  /** Of the flush requests those that `svm_set_cr4()` made; null where functions weren't traced. */
  readonly flushesForCr4: number | null;
  readonly remoteFlushRequests: number | null;
  /** INVLPGAs of L1. */
  readonly invlpgas: number | null;
  /** Moves of a vCPU to another pCPU. */
  readonly migrations: number | null;
  readonly vcpus: number | null;
  /** Distinct L2s of one vCPU, by vmcb12 and nested CR3. */
  readonly l2s: number | null;
  /** VMRUNs of L1 that ran another L2 than its VMRUN before: what an ASID per L2 would still flush. */
  readonly l2Switches: number | null;
  /** Mean time between entering L2 and its exit; null where times are missing or no times. */
  readonly l2ResidencyNs: number | null;
  readonly paging: PagingEvidence;
  /** Events of a PMU: name as written, count scaled to the whole run. */
  readonly pmuEvents: readonly PmuCount[];
}

export interface PmuCount {
  readonly event: string;
  readonly count: number;
  /** Share of the time that the event was on the PMU, 0 to 1: below 1 the count is an estimate. */
  readonly runningShare: number;
}

/** Cumulative counters at one moment. Two of one host make a profile; one alone makes none. */
export interface ImportedSnapshot {
  readonly kind: 'snapshot';
  readonly format: string;
  readonly file: string;
  readonly report: ImportReport;
  readonly counters: ReadonlyMap<string, number>;
}
