import type { ReportedClass, StaleKind, StaleSpace, StaleVerdict } from './words.ts';

/** Where an address leads; null: nowhere; undefined: it can't be told. */
export type Frame = bigint | null | undefined;

/** A VMCB when it ran first. */
export interface SeenVmcb {
  readonly vmcb: bigint;
  readonly vm: number;
  readonly vcpu: number;
  readonly level: number;
  readonly asid: number;
}

/** Who had filled an entry, and when. */
export interface Filled {
  /** Instructions of all CPUs since the emulator began. */
  readonly instruction: number;
  readonly vmrun: number;
  readonly vm: number;
  readonly vcpu: number;
  readonly level: number;
  readonly asid12: number;
  readonly rip: bigint;
}

/** What lies between fill and use. Level 0 is the host. */
export interface SanitizerEvent {
  readonly instruction: number;
  readonly pcpu: number;
  readonly what: 'VMRUN' | 'VMEXIT' | 'ASKS' | 'INVLPG' | 'INVLPGA' | 'MOVCR';
  readonly vm: number;
  readonly vcpu: number;
  readonly level: number;
  readonly asid12: number;
  readonly asid: number;
  readonly rip: bigint;
  /** TLB_CONTROL of VMRUN; of L1's own VMRUN, 1 where it asks for a flush. */
  readonly tlb: number;
  /** EXITCODE of a #VMEXIT, asid12 of L1's VMRUN, number of a control register. */
  readonly operand: number;
  readonly info1: bigint;
  readonly address: bigint;
}

/** Events left out of a transcript; `lost` where the emulator no longer had the oldest. */
export interface Gap {
  readonly skipped: number;
  readonly lost: boolean;
}

/** An access that could have used a stale entry. */
export interface StaleUse {
  readonly class: ReportedClass;
  readonly verdict: StaleVerdict;
  readonly kind: StaleKind;
  readonly space: StaleSpace;
  readonly instruction: number;
  /** VMRUNs of all VMs so far. */
  readonly vmrun: number;
  readonly pcpu: number;
  readonly asid: number;
  readonly vm: number;
  readonly vcpu: number;
  readonly level: number;
  readonly asid12: number;
  /** gVA or gPA, of a 4 KiB page. */
  readonly address: bigint;
  readonly access: 'r' | 'w' | 'x';
  readonly rip: bigint;
  readonly oldFrame: Frame;
  readonly newFrame: Frame;
  readonly oldRights: string;
  readonly newRights: string;
  readonly filled: Filled;
  /** Empty but for the first few of each sort. */
  readonly events: readonly (SanitizerEvent | Gap)[];
}

export interface SortCount {
  readonly class: ReportedClass;
  readonly verdict: StaleVerdict;
  readonly kind: StaleKind;
  readonly count: number;
}

/** What the emulator counted; keys are the words of its STAT line. */
export type SanitizerTotals = Readonly<Record<string, number>>;

/** A report file. `isWhole` is false where the emulator was killed before it wrote the end. */
export interface SanitizerReport {
  readonly vmcbs: readonly SeenVmcb[];
  readonly uses: readonly StaleUse[];
  readonly counts: readonly SortCount[];
  readonly totals: SanitizerTotals;
  readonly notes: readonly string[];
  readonly isWhole: boolean;
}
