import { KIND } from '../cost/ledger.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import { vcpuEnterGuest, vmexit } from '../hypervisor/kvm-svm.ts';
import type { Prng } from '../util/prng.ts';
import { ownInstructions } from './l0-instructions.ts';
import type { CapturedL0Exits } from './trips.ts';
import type { Place } from './world.ts';

/** One kind of exit that L0 handles without L1. */
export interface L0ExitRate {
  readonly from: 'L1' | 'L2';
  readonly captured: CapturedL0Exits;
  /** Mean number in a round trip. */
  readonly perRoundTrip: number;
}

interface PreparedRate {
  readonly perRoundTrip: number;
  readonly steps: readonly { readonly stream: TouchStream; readonly instructions: number }[];
}

/** Exits that L0 handles by itself, spread over round trips by the seed. */
export class L0Exits {
  private readonly place: Place;
  private readonly prng: Prng;
  private readonly rates: Readonly<Record<'L1' | 'L2', readonly PreparedRate[]>>;

  /** Makes the streams: call `World.reserve` before the exits run. */
  constructor(place: Place, rates: readonly L0ExitRate[], prng: Prng) {
    this.place = place;
    this.prng = prng;
    const prepare = (from: 'L1' | 'L2'): PreparedRate[] =>
      rates.filter((rate) => rate.from === from).map((rate) => preparedRate(place, rate));
    this.rates = { L1: prepare('L1'), L2: prepare('L2') };
  }

  /** The exits of one round trip from L1 or L2, which has just exited and does so again afterwards. */
  run(from: 'L1' | 'L2'): void {
    for (const rate of this.rates[from]) {
      // The whole part happens in each round trip, the rest in that share of them.
      const whole = Math.floor(rate.perRoundTrip);
      const more = this.prng.nextFloat() < rate.perRoundTrip - whole ? 1 : 0;
      for (let count = whole + more; count > 0; count -= 1) {
        this.handle(rate.steps[this.prng.nextInt(rate.steps.length)]!);
      }
    }
  }

  private handle(step: PreparedRate['steps'][number]): void {
    const { pcpu, vcpu } = this.place;
    const { ledger, kvm } = this.place.world;
    pcpu.run(step.stream, 0, step.stream.touches.length);
    ledger.charge(KIND.l0Instruction, step.instructions);
    vcpuEnterGuest(kvm, vcpu);
    vmexit(kvm, vcpu);
  }
}

function preparedRate(place: Place, { captured, perRoundTrip }: L0ExitRate): PreparedRate {
  const { behaviour, paging } = place.world.options;
  const steps = captured.steps.map((step) => ({
    stream: place.stream(0, captured.pages, step.touches),
    instructions: ownInstructions(step, paging, behaviour),
  }));
  return { perRoundTrip, steps };
}
