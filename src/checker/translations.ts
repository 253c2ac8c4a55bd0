import type { TruthShape } from './truth-shape.ts';

/** What an access found. */
export const HIT = { fine: 0, filled: 1, violation: 2 } as const;

/** Why an access was a violation. */
export interface BadHit {
  /** Domain of the entry, or DEAD_DOMAIN. */
  readonly entryDomain: number;
  readonly domain: number;
  readonly layer: 'owner' | 'host' | 'guest' | 'nested';
  /** A TLB entry, or a shadow PTE that a miss refilled from. */
  readonly from: 'tlb' | 'shadow';
}
export const DEAD_DOMAIN = -1;

/**
 * What events do to the translations of a world. KVM never sees them: what it does depends on its own
 * state alone, so that an event's part here can be written down once and done to any translations.
 */
export interface Translations {
  readonly shape: TruthShape;
  /** Why the last access was a violation. */
  readonly bad: BadHit | null;
  /** An access by a level; an L2's goes through an NPT12. A value of HIT. */
  access(
    pcpu: number,
    asid: number,
    page: number,
    vcpu: number,
    level: number,
    npt12: number,
  ): number;
  /** A level's own table changed: its PTE of the page. */
  guestChanged(vcpu: number, level: number, page: number): void;
  /** L1 changed one of its NPT12s. */
  nestedChanged(vcpu: number, page: number, npt12: number): void;
  /** A flush by the guest covers what changed in its own table of this page. */
  pageFlushed(vcpu: number, level: number, page: number): void;
  /** Likewise of all pages: MOV CR3, INVPCID. */
  guestFlushed(vcpu: number, level: number): void;
  /** A flush of a whole ASID of L1's making, which may cover changes of NPT12 too. */
  asidFlushed(vcpu: number, level: number, reachesNested: boolean): void;
  /** A domain runs. If it holds nothing, whatever changed before is none of its business. */
  started(vcpu: number, level: number): void;
  /** L0 has brought a shadow PTE up to date. */
  synced(vcpu: number, table: number, page: number): void;
  /** L0 has removed a shadow PTE. */
  zapped(vcpu: number, table: number, page: number): void;
  /** The host took a page of a vCPU's VM back, and its remote flush has returned. */
  hostTook(vcpu: number, page: number): void;
  /** A VM died: whoever hits what it left behind is wrong. */
  vcpuDied(vcpu: number): void;
  /** Hardware: one page of an ASID, an ASID, everything on a pCPU. */
  dropPage(pcpu: number, asid: number, page: number): void;
  dropAsid(pcpu: number, asid: number): void;
  dropAll(pcpu: number): void;
  /** Obligations that an entry puts to the test by what the pCPU holds, as bits; changes nothing. */
  testedByEntry(vcpu: number, level: number, pcpu: number, hasMoved: boolean): number;
  /** Those that a nested VMRUN puts to the test by shadow PTEs that are behind, as bits. */
  testedByShadows(vcpu: number): number;
}
