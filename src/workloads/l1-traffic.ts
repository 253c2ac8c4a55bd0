import { kvmUnmapGfnRange } from '../hypervisor/mmu.ts';
import type { Vcpu } from '../hypervisor/state.ts';
import { type Prng, prngFor } from '../util/prng.ts';
import { EventDraws, type EventRates } from './events.ts';
import { flushOnAllVcpus } from './guest-broadcast.ts';
import { L1ExitRunner } from './l1-exits.ts';
import { type Placement, Scheduler } from './scheduler.ts';
import type { CapturedTrips } from './trips.ts';
import type { World } from './world.ts';

/** Exits of guests that run no guests, one after another, of every vCPU in turn. */
export class L1Traffic {
  private readonly world: World;
  private readonly draws: EventDraws;
  private readonly runners = new Map<Vcpu, L1ExitRunner>();
  private readonly scheduler: Scheduler;
  private readonly order: Prng;

  constructor(
    world: World,
    captured: CapturedTrips,
    options: { readonly rates: EventRates; readonly placement: Placement },
    seed: number,
  ) {
    this.world = world;
    this.draws = new EventDraws(options.rates, seed);
    this.order = prngFor(seed, 'order of trips');
    for (const place of world.places) {
      this.runners.set(place.vcpu, new L1ExitRunner(place, captured));
    }
    const vcpus = [...this.runners.keys()];
    this.scheduler = new Scheduler(world, vcpus, options.placement, this.draws);
  }

  start(): void {
    this.scheduler.start((vcpu) => this.runners.get(vcpu)!.start());
  }

  next(): void {
    const { draws, order } = this;
    const vcpu = this.scheduler.next();
    const runner = this.runners.get(vcpu)!;
    for (let n = draws.count('hostUnmaps'); n > 0; n -= 1) {
      const row = runner.dataRow((many) => draws.choose('hostUnmaps', many));
      kvmUnmapGfnRange(this.world.kvm, vcpu.vm);
      this.world.oracle.hostChanged(row);
    }
    for (let n = draws.count('guestBroadcasts'); n > 0; n -= 1) {
      const row = runner.dataRow((many) => draws.choose('guestBroadcasts', many));
      const others = [...this.runners.values()].filter(
        (each) => each !== runner && each.place.vcpu.vm === vcpu.vm,
      );
      flushOnAllVcpus([runner, ...others], row, (many) => draws.choose('guestBroadcasts', many));
    }
    runner.run(order.nextInt(runner.tripCount));
  }
}
