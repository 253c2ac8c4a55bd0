import { KIND } from '../cost/ledger.ts';
import { UP_TO_DATE } from '../hardware/page-rows.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import { vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import { guestWritesPageTable, shadowPageTable } from '../hypervisor/mmu.ts';
import { nestedSvmVmexit, nestedSvmVmrun } from '../hypervisor/nested-transitions.ts';
import type { ShadowPage, Vmcb12 } from '../hypervisor/state.ts';
import type { L0Exits } from './l0-exits.ts';
import { ownInstructions } from './l0-instructions.ts';
import type { CapturedTrips, Step } from './trips.ts';
import type { Place, World } from './world.ts';

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

/** What an L1 writes into the vmcb12 of its next VMRUN. */
export interface L1Asks {
  readonly asid: number;
  readonly tlbControl: number;
}

/** How a runner behaves where captures don't say. */
export interface RunnerOptions {
  /** Asked at each nested VMRUN of this L2. */
  readonly asks: () => L1Asks;
  /** The program that L2 runs instead of what it was captured doing; it ends with the next exit. */
  readonly runL2: (() => void) | null;
  /** In place of the captured exits of L1 that L0 handled by itself, page faults excepted. */
  readonly l0Exits?: L0Exits | null;
  /** Runs when L1 has exited for its VMRUN. */
  readonly onLeaveL1?: () => void;
  /** Runs when L2 has been entered. */
  readonly onEnterL2?: () => void;
}

/** Runs captured round trips of one L2, with the decisions that depend on the strategy made anew. */
export class RoundTripRunner {
  readonly place: Place;
  private readonly world: World;
  private readonly options: RunnerOptions;
  private readonly invlpgRows: readonly number[];
  private readonly npt12: ShadowPage;
  private readonly npt12Table: number;
  private faultsSinceDontneed = 0;
  private readonly vmcb12: Vmcb12;
  private dontneedPending = false;
  private trips: readonly PreparedTrip[] = [];
  /** Rows of L2's data: what a MADV_DONTNEED takes away. */
  private faultingRows: readonly number[] = [];
  /** L2's rows that the pending MADV_DONTNEED took away. */
  private readonly takenAway = new Set<number>();

  constructor(place: Place, captured: CapturedTrips, options: RunnerOptions) {
    this.place = place;
    this.world = place.world;
    this.options = options;
    this.invlpgRows = captured.invlpgPages.map((page) => place.mapping(2, page));
    this.npt12Table = NPT12_LEAF_TABLE + place.l2;
    const { behaviour, paging, l2Cr4Pge } = this.world.options;
    this.vmcb12 = {
      gpa: 1 + place.l2,
      asid: 1,
      tlbControl: 0,
      nestedPaging: paging.l1 === 'npt',
      root: this.world.fleet.l2sShareMemory ? 1 : 1 + place.l2,
      cr4Pge: l2Cr4Pge === 'same',
    };
    this.npt12 = shadowPageTable(place.vcpu.guestMmu, this.npt12Table, this.vmcb12.root);
    this.trips = captured.trips.map((trip) => ({
      steps: trip.steps.map((step) => ({
        step,
        stream: place.stream(step.level, captured.pages, step.touches),
        instructions: ownInstructions(step, paging, behaviour),
      })),
    }));
    this.faultingRows = l2DataRows(this.trips);
  }

  /** How many different trips it can run. */
  get tripCount(): number {
    return this.trips.length;
  }

  /** Rows of L2's data in the captured trips. */
  get l2Rows(): readonly number[] {
    return this.faultingRows;
  }

  /** Enters L1 and, by its VMRUN, L2 for the first time. */
  start(first: L1Asks): void {
    const { kvm } = this.world;
    const { vcpu } = this.place;
    vcpuEnterGuest(kvm, vcpu);
    vmexit(kvm, vcpu);
    nestedSvmVmrun(kvm, vcpu, { ...this.vmcb12, ...first });
    vcpuEnterGuest(kvm, vcpu);
    vmexit(kvm, vcpu);
  }

  /**
   * One round trip: from L2's reflected exit to its next one. At its VMRUN L1 may run another L2 of
   * the vCPU, `next`, which has the same trips; the exit that ends the trip is that one's.
   */
  run(index: number, next: RoundTripRunner = this): void {
    const { ledger, kvm } = this.world;
    const { pcpu, vcpu } = this.place;
    let runner: RoundTripRunner = this;
    let { steps } = this.trips[index]!;
    const l0Exits = this.options.l0Exits ?? null;
    l0Exits?.run('L2');
    for (let at = 0; at < steps.length; at += 1) {
      const { step, stream, instructions } = steps[at]!;
      if (step.level === 2 && runner.options.runL2 !== null) {
        runner.options.runL2();
        vmexit(kvm, vcpu);
        return;
      }
      pcpu.run(stream, 0, stream.touches.length);
      ledger.charge(INSTRUCTION_KIND[step.level], instructions);
      if (step.end === 'vmexit') {
        if (step.level === 1 && runner.npt12WriteGoesUnseen(steps[at + 1])) {
          at += 1;
          continue;
        }
        if (l0Exits !== null && step.level === 1 && isReplaced(steps[at + 1])) {
          at += 1;
          continue;
        }
        if (step.level === 2) runner.flushOwnPages();
        vmexit(kvm, vcpu);
        if (step.level === 1 && steps[at + 1]?.step.end === 'nestedVmrun') {
          l0Exits?.run('L1');
          this.options.onLeaveL1?.();
        }
        continue;
      }
      if (step.end === 'nestedVmrun') {
        runner = next;
        steps = next.trips[index]!.steps;
      }
      runner.leaveL0(step);
    }
  }

  private leaveL0(step: Step): void {
    const { kvm } = this.world;
    const { vcpu } = this.place;
    if (step.end === 'nestedVmexit') nestedSvmVmexit(kvm, vcpu);
    else if (step.end === 'nestedVmrun') this.nestedVmrun();
    vcpuEnterGuest(kvm, vcpu);
    if (step.end === 'nestedVmrun') this.options.onEnterL2?.();
  }

  private nestedVmrun(): void {
    const { kvm, oracle } = this.world;
    const asks = this.options.asks();
    const tlbControl = asks.tlbControl === 0 && this.dontneedPending ? 3 : asks.tlbControl;
    const isPlain = asks.asid === this.vmcb12.asid && tlbControl === 0;
    nestedSvmVmrun(
      kvm,
      this.place.vcpu,
      isPlain ? this.vmcb12 : { ...this.vmcb12, asid: asks.asid, tlbControl },
    );
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
    const { guestMmu } = this.place.vcpu;
    const goesUnseen = guestWritesPageTable(guestMmu, this.npt12Table) === 'unseen';
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
      const nested = tables.nestedOf(row);
      // Until the next sync L0's shadow still maps what NPT12 no longer does.
      tables.setNestedBorn(nested, oracle.now());
      this.npt12.onSync.push(() => {
        tables.setNestedBorn(nested, UP_TO_DATE);
      });
      oracle.nestedChanged(row);
      this.takenAway.add(row);
    }
  }

  /** L2 unmaps pages of its own and flushes each with INVLPG, which nothing intercepts under NPT. */
  private flushOwnPages(): void {
    const { oracle } = this.world;
    const { pcpu } = this.place;
    for (const row of this.invlpgRows) {
      pcpu.invlpg(row);
      oracle.guestInvalidated(row);
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
      const { touches } = stream;
      for (let at = 0; at < touches.length; at += 1) {
        if (touches[at]! % 2 === 1) rows.add(stream.rows[touches[at]!]!);
      }
    }
  }
  return [...rows];
}
