import { KIND } from '../cost/ledger.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import { vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import { ownInstructions } from './l0-instructions.ts';
import type { CapturedTrips } from './trips.ts';
import type { Place } from './world.ts';

interface Part {
  readonly stream: TouchStream;
  readonly instructions: number;
}

/** What L1 does until an exit that L0 handles itself, and the handling. */
interface L1Exit {
  readonly l1: Part;
  readonly l0: Part;
}

/**
 * A guest without guests: exits of L1 that L0 handles by itself, cut out of captured round trips
 * (L1's kernel reads and writes MSRs in them). No nested transition happens.
 */
export class L1ExitRunner {
  readonly place: Place;
  private readonly exits: readonly L1Exit[];

  constructor(place: Place, captured: CapturedTrips) {
    const { behaviour, paging } = place.world.options;
    this.place = place;
    this.exits = captured.trips.flatMap(({ steps }) =>
      steps.flatMap((step, at): L1Exit[] => {
        const next = steps[at + 1];
        if (step.level !== 1 || next?.level !== 0 || next.end !== 'resume') return [];
        const part = (from: typeof step): Part => ({
          stream: place.stream(from.level, captured.pages, from.touches),
          instructions: ownInstructions(from, paging, behaviour),
        });
        return [{ l1: part(step), l0: part(next) }];
      }),
    );
  }

  get tripCount(): number {
    return this.exits.length;
  }

  /** Enters L1 for the first time. */
  start(): void {
    const { kvm } = this.place.world;
    vcpuEnterGuest(kvm, this.place.vcpu);
    vmexit(kvm, this.place.vcpu);
  }

  /** From one exit of L1 to the next. */
  run(index: number): void {
    const { pcpu, vcpu, world } = this.place;
    const { l1, l0 } = this.exits[index]!;
    pcpu.run(l0.stream, 0, l0.stream.touches.length);
    world.ledger.charge(KIND.l0Instruction, l0.instructions);
    vcpuEnterGuest(world.kvm, vcpu);
    pcpu.run(l1.stream, 0, l1.stream.touches.length);
    world.ledger.charge(KIND.l1Instruction, l1.instructions);
    vmexit(world.kvm, vcpu);
  }

  /** A row of L1's data. */
  dataRow(draw: (many: number) => number): number {
    const { stream } = this.exits[draw(this.exits.length)]!.l1;
    return stream.rows[stream.touches[draw(stream.touches.length)]!]!;
  }
}
