import { KIND } from '../cost/ledger.ts';
import { asidsShownTo } from '../hypervisor/asids-shown.ts';
import { vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import { kvmUnmapGfnRange } from '../hypervisor/mmu.ts';
import { invlpgaInterception } from '../hypervisor/page-flushes.ts';
import { kvmHvFlushTlb } from '../hypervisor/paravirtual-flush.ts';
import type { Vcpu } from '../hypervisor/state.ts';
import type { PageTrace } from '../inputs/page-trace.ts';
import { type Prng, prngFor, streamName } from '../util/prng.ts';
import { EventDraws, type EventRates } from './events.ts';
import { type L0ExitRate, L0Exits } from './l0-exits.ts';
import { L1Asids } from './l1-asids.ts';
import { ProgramInL2 } from './program.ts';
import { RoundTripRunner } from './round-trip.ts';
import { type Placement, Scheduler } from './scheduler.ts';
import type { CapturedTrips } from './trips.ts';
import { drawIndex } from './weights.ts';
import type { Place, World } from './world.ts';

/**
 * What L0 executes for an INVLPGA of L1. Not captured apart: it is taken to be as long as an RDMSR of
 * L1 that L0 handles by itself (1,399 instructions in the captured round trips of an L3).
 */
const INVLPGA_INSTRUCTIONS = 1_399;

export interface TrafficOptions {
  readonly handlers: readonly { readonly captured: CapturedTrips; readonly weight: number }[];
  /** What L2 runs instead of what it was captured doing. */
  readonly program: { readonly trace: PageTrace; readonly meanInstructions: number } | null;
  /** Share of nested VMRUNs with which L1 asks for a flush. */
  readonly askedShare: number;
  /** In place of the exits of L1 in the handlers that L0 handled by itself; null keeps those. */
  readonly handledByL0: readonly L0ExitRate[] | null;
  readonly rates: EventRates;
  readonly placement: Placement;
  readonly hyperV: boolean;
}

/** An L2 of a vCPU with the runners of its exits, by handler. */
interface L2Guest {
  readonly place: Place;
  readonly runners: readonly RoundTripRunner[];
  /** A row of L2's, for events that concern a page. */
  readonly rows: readonly number[];
}

/** A vCPU of an L1 with its L2s; one of them runs. */
interface L1Guest {
  readonly asids: L1Asids;
  readonly l2s: L2Guest[];
  current: number;
}

/** Round trips one after another, of every vCPU in turn, and what happens beside them. */
export class Traffic {
  private readonly world: World;
  private readonly options: TrafficOptions;
  private readonly draws: EventDraws;
  private readonly guests = new Map<Vcpu, L1Guest>();
  private readonly scheduler: Scheduler;
  private readonly order: Prng;
  private readonly asks: Prng;
  private readonly totalWeight: number;
  private readonly weights: readonly number[];

  constructor(world: World, options: TrafficOptions, seed: number) {
    this.world = world;
    this.options = options;
    this.draws = new EventDraws(options.rates, seed);
    this.order = prngFor(seed, 'order of trips');
    this.asks = prngFor(seed, 'flushes that L1 asks for');
    this.weights = options.handlers.map((handler) => handler.weight);
    this.totalWeight = this.weights.reduce((sum, weight) => sum + weight, 0);
    for (const place of world.places) this.addGuest(place, seed);
    const vcpus = [...this.guests.keys()];
    this.scheduler = new Scheduler(world, vcpus, options.placement, this.draws);
  }

  private addGuest(place: Place, seed: number): void {
    const { vcpu } = place;
    let guest = this.guests.get(vcpu);
    if (guest === undefined) {
      const { kvm, options } = this.world;
      const count = asidsShownTo(kvm.behaviour, options.config.asidCount);
      const asids = new L1Asids(count, this.world.fleet.l2sPerVcpu);
      guest = { asids, l2s: [], current: 0 };
      this.guests.set(vcpu, guest);
      if (this.options.hyperV) vcpu.hyperV = { l1: [], l2: [] };
    }
    guest.l2s.push(this.newL2(place, guest.asids, seed));
  }

  private newL2(place: Place, asids: L1Asids, seed: number): L2Guest {
    const { handledByL0, handlers, program, askedShare } = this.options;
    const index = this.world.places.indexOf(place);
    const rows: number[] = [];
    let inL2: ProgramInL2 | null = null;
    const options = {
      asks: () => {
        if (this.asks.nextFloat() < askedShare) asids.flush(place.l2);
        return asids.asksFor(place.l2);
      },
      runL2: program === null ? null : () => inL2?.runSlice(),
      onLeaveL1: () => this.invlpgas(place, rows),
      onEnterL2: () => this.inL2(place, rows),
      l0Exits: null as L0Exits | null,
    };
    const runners = handlers.map(({ captured }) => new RoundTripRunner(place, captured, options));
    if (program !== null) {
      const prng = prngFor(seed, streamName('exits of the program', index));
      inL2 = new ProgramInL2(place, program.trace, program.meanInstructions, prng);
    }
    // Not spread into one call: a program may have a million pages.
    for (const row of inL2?.rows() ?? runners[0]!.l2Rows) rows.push(row);
    if (handledByL0 !== null) {
      const prng = prngFor(seed, streamName('exits that L0 handles', index));
      options.l0Exits = new L0Exits(place, handledByL0, prng);
    }
    return { place, runners, rows };
  }

  /** Enters every L1 and the first L2 of each vCPU; call `World.reserve` before. */
  start(): void {
    this.scheduler.start((vcpu) => {
      const { asids, l2s } = this.guests.get(vcpu)!;
      l2s[0]!.runners[0]!.start(asids.asksFor(0));
    });
  }

  /** The next round trip, with what happens before it and on its way. */
  next(): void {
    const { draws } = this;
    const vcpu = this.scheduler.next();
    const guest = this.guests.get(vcpu)!;
    const l2 = guest.l2s[guest.current]!;
    for (let n = draws.count('hostUnmaps'); n > 0; n -= 1) this.hostUnmap(vcpu, l2);
    for (let n = draws.count('l1Flushes'); n > 0; n -= 1) guest.asids.flush(guest.current);
    for (let n = draws.count('l1FlushAlls'); n > 0; n -= 1) guest.asids.flushAll(guest.current);
    for (let n = draws.count('asid12Changes'); n > 0; n -= 1) guest.asids.changeAsid(guest.current);
    if (guest.l2s.length > 1 && draws.count('l2Switches') > 0) {
      guest.current = (guest.current + 1) % guest.l2s.length;
    }
    const handler = drawIndex(this.weights, this.totalWeight, this.order.nextFloat());
    const runner = l2.runners[handler]!;
    runner.run(this.order.nextInt(runner.tripCount), guest.l2s[guest.current]!.runners[handler]!);
  }

  private hostUnmap(vcpu: Vcpu, l2: L2Guest): void {
    const row = l2.rows[this.draws.choose('hostUnmaps', l2.rows.length)]!;
    kvmUnmapGfnRange(this.world.kvm, vcpu.vm);
    this.world.oracle.hostChanged(row);
  }

  /** L1 flushes pages of L2 by INVLPGA, each of which is an exit that L0 handles by itself. */
  private invlpgas({ vcpu }: Place, rows: readonly number[]): void {
    const { draws } = this;
    const { kvm, ledger, oracle } = this.world;
    for (let n = draws.count('l1Invlpgas'); n > 0; n -= 1) {
      const row = rows[draws.choose('l1Invlpgas', rows.length)]!;
      oracle.guestChanged(row);
      vcpuEnterGuest(kvm, vcpu);
      vmexit(kvm, vcpu);
      ledger.charge(KIND.l0Instruction, INVLPGA_INSTRUCTIONS);
      invlpgaInterception(kvm, vcpu, vcpu.lastAsid12, row);
      oracle.guestFlushed([row], 'guest');
    }
  }

  /** What L2 does of its own accord after it was entered. */
  private inL2(place: Place, rows: readonly number[]): void {
    const { draws } = this;
    const { oracle } = this.world;
    for (let n = draws.count('l2Cr3Writes'); n > 0; n -= 1) place.pcpu.movCr3(0, false);
    for (let n = draws.count('l2Invlpgs'); n > 0; n -= 1) {
      const row = rows[draws.choose('l2Invlpgs', rows.length)]!;
      place.pcpu.invlpg(row);
      oracle.guestInvalidated(row);
    }
    for (let n = draws.count('hyperVFlushes'); n > 0; n -= 1) {
      kvmHvFlushTlb([place.vcpu], 'l2', [rows[draws.choose('hyperVFlushes', rows.length)]!]);
    }
  }
}
