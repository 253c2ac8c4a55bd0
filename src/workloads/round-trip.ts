import { KIND } from '../cost/ledger.ts';
import type { TouchStream } from '../hardware/pcpu.ts';
import { vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import {
  guestWritesPageTable,
  type ShadowPage,
  shadowPageTable,
  VMRUN_INSTRUCTIONS,
} from '../hypervisor/mmu.ts';
import { nestedSvmVmexit, nestedSvmVmrun } from '../hypervisor/nested-transitions.ts';
import type { Vmcb12 } from '../hypervisor/state.ts';
import type { L0Exits } from './l0-exits.ts';
import type { CapturedTrips, Step } from './trips.ts';
import type { World } from './world.ts';

/**
 * Instructions of the captured L0 between kvm_mmu_sync_roots() and the end of svm_flush_tlb_current()
 * in one transition (vmcb12 CPU log `linux2v.pipe`). They are taken out of the captured counts, and
 * charged as `flushRequest` by those strategies that still serve such requests.
 */
export const REQUEST_INSTRUCTIONS = { nestedVmrun: 128, nestedVmexit: 85 } as const;

/** `npf32`: L1 takes 32 pages away with one MADV_DONTNEED, and L2 touches them one by one. */
const PAGES_PER_DONTNEED = 32;
const NPT12_LEAF_TABLE = 0;

const INSTRUCTION_KIND = [KIND.l0Instruction, KIND.l1Instruction, KIND.l2Instruction] as const;

interface PreparedStep {
  readonly step: Step;
  readonly stream: TouchStream;
  readonly instructions: number;
}
export interface PreparedTrip {
  readonly steps: readonly PreparedStep[];
}

/** What L0 itself executes in a step, without the part that depends on the strategy, a sync included. */
function ownInstructions(step: Step): number {
  if (step.end === 'nestedVmexit') return step.instructions - REQUEST_INSTRUCTIONS.nestedVmexit;
  if (step.end !== 'nestedVmrun') return step.instructions;
  const { withSync, withoutSync } = VMRUN_INSTRUCTIONS;
  const plain = step.instructions >= withSync ? withoutSync : step.instructions;
  return plain - REQUEST_INSTRUCTIONS.nestedVmrun;
}

/** Runs captured round trips on a world, with the decisions that depend on the strategy made anew. */
export class RoundTripRunner {
  private readonly world: World;
  private readonly invlpgRows: readonly number[];
  private readonly npt12: ShadowPage;
  private faultsSinceDontneed = 0;
  private readonly vmcb12: Vmcb12;
  private readonly asksForFlush: () => boolean;
  private dontneedPending = false;
  /** Rows of L2's data: what a MADV_DONTNEED takes away. */
  private faultingRows: readonly number[] = [];
  /** L2's rows that the pending MADV_DONTNEED took away. */
  private readonly takenAway = new Set<number>();

  constructor(world: World, captured: CapturedTrips, asksForFlush: () => boolean) {
    this.world = world;
    this.asksForFlush = asksForFlush;
    this.invlpgRows = captured.invlpgPages.map((page) => world.mapping(2, page));
    this.npt12 = shadowPageTable(world.vcpu.guestMmu, NPT12_LEAF_TABLE, 0);
    this.vmcb12 = {
      gpa: 1,
      asid: 1,
      tlbControl: 0,
      nestedPaging: world.options.paging.l1 === 'npt',
      root: 1,
      cr4Pge: world.options.l2Cr4Pge === 'same',
    };
  }

  /** The trips as streams of this world's rows; call `World.reserve` before they run. */
  prepare(captured: CapturedTrips): PreparedTrip[] {
    const trips = captured.trips.map((trip) => ({
      steps: trip.steps.map((step) => ({
        step,
        stream: this.world.stream(step.level, captured.pages, step.pageIndex, step.isData),
        instructions: ownInstructions(step),
      })),
    }));
    this.faultingRows = l2DataRows(trips);
    return trips;
  }

  /** Enters L1 and, by its VMRUN, L2 for the first time. */
  start(): void {
    const { kvm, vcpu } = this.world;
    vcpuEnterGuest(kvm, vcpu);
    vmexit(kvm, vcpu);
    nestedSvmVmrun(kvm, vcpu, this.vmcb12);
    vcpuEnterGuest(kvm, vcpu);
    vmexit(kvm, vcpu);
  }

  /**
   * One round trip: from L2's reflected exit to its next one. `runL2` replaces what L2 did, `l0Exits`
   * the captured exits of L1 that L0 handled by itself, page faults excepted.
   */
  run(
    trip: PreparedTrip,
    runL2: ((this: void) => void) | null,
    l0Exits: L0Exits | null = null,
  ): void {
    const { pcpu, ledger, kvm, vcpu } = this.world;
    const steps = trip.steps;
    l0Exits?.run('L2');
    for (let at = 0; at < steps.length; at += 1) {
      const { step, stream, instructions } = steps[at]!;
      if (step.level === 2 && runL2 !== null) {
        runL2();
        vmexit(kvm, vcpu);
        return;
      }
      pcpu.run(stream, 0, stream.mappings.length);
      ledger.charge(INSTRUCTION_KIND[step.level], instructions);
      if (step.end === 'vmexit') {
        if (step.level === 1 && this.npt12WriteGoesUnseen(steps[at + 1])) {
          at += 1;
          continue;
        }
        if (l0Exits !== null && step.level === 1 && isReplaced(steps[at + 1])) {
          at += 1;
          continue;
        }
        if (step.level === 2) this.flushOwnPages();
        vmexit(kvm, vcpu);
        if (step.level === 1 && steps[at + 1]?.step.end === 'nestedVmrun') l0Exits?.run('L1');
      } else this.leaveL0(step);
    }
  }

  private leaveL0(step: Step): void {
    const { kvm, vcpu } = this.world;
    if (step.end === 'nestedVmexit') nestedSvmVmexit(kvm, vcpu);
    else if (step.end === 'nestedVmrun') this.nestedVmrun();
    vcpuEnterGuest(kvm, vcpu);
  }

  private nestedVmrun(): void {
    const { kvm, vcpu, oracle } = this.world;
    const asks = this.dontneedPending || this.asksForFlush();
    nestedSvmVmrun(kvm, vcpu, asks ? { ...this.vmcb12, tlbControl: 3 } : this.vmcb12);
    if (!this.dontneedPending) return;
    this.dontneedPending = false;
    oracle.guestFlushed(this.takenAway);
    this.takenAway.clear();
  }

  /**
   * L1 adds an entry to its NPT. The write traps only while L0 holds the page write-protected; a
   * strategy that does not sync on each transition leaves it writable, and the exit disappears.
   */
  private npt12WriteGoesUnseen(next: PreparedStep | undefined): boolean {
    if (next === undefined || next.step.end !== 'resume' || next.step.exit !== 'NPF') return false;
    const { guestMmu } = this.world.vcpu;
    const goesUnseen = guestWritesPageTable(guestMmu, NPT12_LEAF_TABLE) === 'unseen';
    this.npt12.entries = this.faultsSinceDontneed;
    this.faultsSinceDontneed += 1;
    if (this.faultsSinceDontneed > PAGES_PER_DONTNEED) this.takePagesAway();
    return goesUnseen;
  }

  /** MADV_DONTNEED in L1: entries of NPT12 go, and L1 asks for a flush with its next VMRUN. */
  private takePagesAway(): void {
    this.faultsSinceDontneed = 1;
    this.npt12.entries = PAGES_PER_DONTNEED;
    this.npt12.removed = PAGES_PER_DONTNEED;
    this.dontneedPending = true;
    const { oracle, tables } = this.world;
    for (const row of this.faultingRows) {
      const nested = tables.pageNested[row]!;
      // Until the next sync L0's shadow still maps what NPT12 no longer does.
      tables.nestedBorn[nested] = oracle.now();
      this.npt12.onSync.push(() => {
        tables.nestedBorn[nested] = Number.POSITIVE_INFINITY;
      });
      oracle.nestedChanged(row);
      this.takenAway.add(row);
    }
  }

  /** L2 unmaps pages of its own and flushes each with INVLPG, which nothing intercepts under NPT. */
  private flushOwnPages(): void {
    const { oracle, pcpu } = this.world;
    for (const row of this.invlpgRows) {
      oracle.guestChanged(row);
      pcpu.invlpg(row);
      oracle.guestFlushed([row], 'guest');
    }
  }
}

/** An exit of L1 that L0 handled by itself; its page faults depend on the strategy and stay. */
function isReplaced(next: PreparedStep | undefined): boolean {
  return next !== undefined && next.step.end === 'resume' && next.step.exit !== 'NPF';
}

/** Rows of the data that L2 touches in these trips. */
function l2DataRows(trips: readonly PreparedTrip[]): number[] {
  const rows = new Set<number>();
  for (const trip of trips) {
    for (const { step, stream } of trip.steps) {
      if (step.level !== 2) continue;
      for (let i = 0; i < stream.mappings.length; i += 1) {
        if (stream.isData[i] === 1) rows.add(stream.mappings[i]!);
      }
    }
  }
  return [...rows];
}
