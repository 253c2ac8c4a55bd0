import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import type { L1Asks } from './round-trip.ts';

/** An L2 as the L1 kernel's KVM sees it: its number, and what it needs at its next VMRUN. */
interface L2Tag {
  asid: number;
  generation: number;
  wantsNewAsid: boolean;
  /** TLB_CONTROL of its next VMRUN. */
  wantsFlush: number;
}

/**
 * The ASIDs that a KVM in L1 gives to the L2s of one of its CPUs: the same code as in L0, one level
 * up, with as many numbers as CPUID shows to L1. Past the last one it starts again and asks for a
 * flush of all ASIDs (captured: TLB_CONTROL 1 at every seventh allocation with 8 ASIDs).
 */
export class L1Asids {
  private readonly count: number;
  private readonly tags: L2Tag[];
  private generation = 1;
  private next = 1;

  /** `count`: CPUID 8000_000A EBX as L1 sees it, 0 included. */
  constructor(count: number, l2s: number) {
    this.count = count;
    this.tags = Array.from({ length: l2s }, () => ({
      asid: 0,
      generation: 0,
      wantsNewAsid: false,
      wantsFlush: TLB_CONTROL.doNothing,
    }));
  }

  /** L1 flushes an L2 by TLB_CONTROL with its next VMRUN. */
  flush(l2: number): void {
    const tag = this.tags[l2]!;
    if (tag.wantsFlush === TLB_CONTROL.doNothing) tag.wantsFlush = TLB_CONTROL.flushAsid;
  }

  /** L1 flushes all ASIDs with the next VMRUN of an L2. */
  flushAll(l2: number): void {
    this.tags[l2]!.wantsFlush = TLB_CONTROL.flushAllAsids;
  }

  /** L1 flushes an L2 by giving it another number, as without FLUSHBYASID, or when it moves it. */
  changeAsid(l2: number): void {
    this.tags[l2]!.wantsNewAsid = true;
  }

  /** What L1 writes into vmcb12 for the VMRUN that it makes now. */
  asksFor(l2: number): L1Asks {
    const tag = this.tags[l2]!;
    let tlbControl = tag.wantsFlush;
    tag.wantsFlush = TLB_CONTROL.doNothing;
    if (tag.wantsNewAsid || tag.generation !== this.generation) {
      if (this.next >= this.count) {
        this.generation += 1;
        this.next = 1;
        tlbControl = TLB_CONTROL.flushAllAsids;
      }
      tag.asid = this.next;
      tag.generation = this.generation;
      tag.wantsNewAsid = false;
      this.next += 1;
    }
    return { asid: tag.asid, tlbControl };
  }
}
