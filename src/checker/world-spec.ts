import type { CheckerEventKind } from './event-kinds.ts';

/** A small machine with guests, and what may happen in it. Every size is settable. */
export interface WorldSpec {
  readonly id: string;
  /** What it is for, in words. */
  readonly what: string;
  readonly pcpus: number;
  /** vCPUs of each VM. */
  readonly vms: readonly number[];
  /** Distinct ASIDs that each L1 vCPU gives to L2s; 0 for guests that do not nest. */
  readonly l2s: number;
  /** Nested page tables that each L1 vCPU runs its L2s on, under whatever ASID. */
  readonly npt12s: number;
  readonly pages: number;
  /** CPUID 8000_000A EBX: numbers are below it. */
  readonly asidCount: number;
  /** Numbers below it are SEV's. */
  readonly minAsid: number;
  readonly flushByAsid: boolean;
  /** L0 uses NPT. */
  readonly nptEnabled: boolean;
  /** L1 uses NPT for its L2s; needs NPT in L0. */
  readonly nestedPaging: boolean;
  readonly hyperV: boolean;
  /** VMs that never set EFER.SVME. */
  readonly plainVms: readonly number[];
  /** Which VMs are SEV guests. */
  readonly sevVms: readonly number[];
  /** Values of TLB_CONTROL that L1 writes. */
  readonly tlbControls: readonly number[];
  /** Says nothing about strategies for other hardware. */
  readonly onlySvm: boolean;
  readonly events: readonly CheckerEventKind[];
}

/** Bytes of a state are small; sizes beyond these do not fit, and could not be explored anyway. */
export const WORLD_LIMITS = {
  pcpus: 4,
  vms: 3,
  vcpus: 4,
  l2s: 3,
  npt12s: 2,
  pages: 3,
  asidCount: 16,
} as const;
