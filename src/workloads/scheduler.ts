import { svmVcpuLoad } from '../hypervisor/asid.ts';
import type { Vcpu } from '../hypervisor/state.ts';
import type { EventDraws } from './events.ts';
import type { World } from './world.ts';

/** Where vCPUs start: all spread evenly, or half of them alone on a pCPU each. */
export type Placement = 'spread' | 'half-pinned';

/** The host's scheduler: one queue of vCPUs for each pCPU. Round trips go round the pCPUs in turn. */
export class Scheduler {
  private readonly world: World;
  private readonly draws: EventDraws;
  private readonly queues: Vcpu[][];
  /** vCPUs that never leave their pCPU. */
  private readonly pinned: ReadonlySet<Vcpu>;
  private turn = -1;

  constructor(world: World, vcpus: readonly Vcpu[], placement: Placement, draws: EventDraws) {
    this.world = world;
    this.draws = draws;
    this.queues = world.pcpus.map(() => []);
    const pinned = placement === 'half-pinned' ? Math.floor(vcpus.length / 2) : 0;
    this.pinned = new Set(vcpus.slice(0, pinned));
    const shared = world.pcpus.length - pinned;
    vcpus.forEach((vcpu, index) => {
      const pcpu = index < pinned ? index : pinned + ((index - pinned) % shared);
      this.queues[pcpu]!.push(vcpu);
    });
  }

  /** Loads every vCPU once, the first of each queue last. */
  start(visit: (vcpu: Vcpu) => void): void {
    for (const [pcpu, queue] of this.queues.entries()) {
      for (const vcpu of [...queue].reverse()) {
        this.load(vcpu, pcpu);
        visit(vcpu);
      }
    }
  }

  /** The vCPU whose round trip comes next, loaded where it runs. */
  next(): Vcpu {
    do this.turn = (this.turn + 1) % this.queues.length;
    while (this.queues[this.turn]!.length === 0);
    const queue = this.queues[this.turn]!;
    if (queue.length > 1 && this.draws.count('vcpuSwitches') > 0) {
      queue.push(queue.shift()!);
      this.load(queue[0]!, this.turn);
    }
    const vcpu = queue[0]!;
    if (this.draws.count('migrations') > 0) this.migrate(queue);
    return vcpu;
  }

  /** The vCPU in front changes places with the one in front of another pCPU's queue. */
  private migrate(queue: Vcpu[]): void {
    const vcpu = queue[0]!;
    const others = this.queues
      .map((_, pcpu) => pcpu)
      .filter((pcpu) => pcpu !== this.turn && !this.pinned.has(this.queues[pcpu]![0]!));
    if (this.pinned.has(vcpu) || others.length === 0) return;
    const target = others[this.draws.choose('migrations', others.length)]!;
    const there = this.queues[target]!;
    const replacement = there[0];
    there[0] = vcpu;
    this.load(vcpu, target);
    if (replacement === undefined) queue.shift();
    else queue[0] = replacement;
    const now = queue[0];
    if (now !== undefined) this.load(now, this.turn);
  }

  private load(vcpu: Vcpu, pcpu: number): void {
    svmVcpuLoad(this.world.kvm, vcpu, pcpu);
  }
}
