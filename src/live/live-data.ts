import type { Suite } from '../suite/suite.ts';
import type { KernelId } from '../workloads/kernel-exits.ts';
import type { CapturedTrips, Step, StepEnd } from '../workloads/trips.ts';
import type { LiveAnalysis, LiveAnswer } from './live-answer.ts';
import { isRecorded } from './live-question.ts';
import { LIVE_SCENARIOS } from './scenarios.ts';

/** Captured round trips as JSON: each different step once. */
export interface PackedTrips {
  readonly capture: string;
  readonly reflectedExit: string;
  readonly kernel: KernelId;
  readonly pages: readonly number[];
  /** As `SizedPages` has them; null where they were not captured. */
  readonly sizes: Readonly<
    Record<'levels' | 'ownShifts' | 'nestedShifts', readonly number[]>
  > | null;
  readonly invlpgPages: readonly number[];
  /** Touches as two digits of base 64 each. */
  readonly steps: readonly (readonly [
    level: 0 | 1 | 2,
    end: StepEnd,
    exit: string,
    instructions: number,
    touches: string,
  ])[];
  /** Of each trip, which steps. */
  readonly trips: readonly (readonly number[])[];
}

/** What a page needs to compute answers by itself. */
export interface LiveData {
  /** By scenario, in the order of `LIVE_SCENARIOS`. */
  readonly suites: readonly Suite[];
  readonly captures: readonly PackedTrips[];
  readonly analyses: readonly LiveAnalysis[];
  /** Of recorded programs, whose pages are too many for a page, as their suites have them. */
  readonly recorded: readonly LiveAnswer[];
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE = DIGITS.length;

/** Data for some suites, with the trips that they name. The text of a suite's file stays behind. */
export function liveData(
  suites: readonly Suite[],
  tripsOf: (capture: string, reflectedExit: string, kernel?: KernelId) => CapturedTrips,
  known: Pick<LiveData, 'analyses' | 'recorded'>,
): LiveData {
  const captures = new Map<string, PackedTrips>();
  for (const { workload, kernel } of suites.filter((suite) => !isRecorded(suite))) {
    const handlers = workload.kind === 'program' ? workload.handlers : [workload];
    for (const { capture, reflectedExit } of handlers) {
      const key = `${capture} ${reflectedExit} ${kernel}`;
      if (captures.has(key)) continue;
      captures.set(key, packTrips(tripsOf(capture, reflectedExit, kernel), reflectedExit));
    }
  }
  return {
    suites: suites.map(({ text: _, ...suite }) => suite),
    captures: [...captures.values()],
    ...known,
  };
}

/** The suite of a scenario among `suites`. */
export function suiteOfScenario(suites: readonly Suite[], scenario: string): Suite {
  const suite = suites[LIVE_SCENARIOS.findIndex((each) => each.id === scenario)];
  if (suite === undefined) throw new RangeError(`${scenario} was not checked to be a scenario`);
  return suite;
}

/** Throws RangeError for more pages than two digits can name. */
export function packTrips(captured: CapturedTrips, reflectedExit: string): PackedTrips {
  const steps: PackedTrips['steps'][number][] = [];
  const known = new Map<string, number>();
  const trips = captured.trips.map((trip) =>
    trip.steps.map(({ level, end, exit, instructions, touches }) => {
      const packed = [level, end, exit, instructions, packTouches(touches)] as const;
      const key = JSON.stringify(packed);
      const index = known.get(key) ?? steps.push(packed) - 1;
      known.set(key, index);
      return index;
    }),
  );
  return {
    capture: captured.capture,
    reflectedExit,
    kernel: captured.kernel,
    pages: [...captured.pages],
    sizes: packSizes(captured.sizes),
    invlpgPages: captured.invlpgPages,
    steps,
    trips,
  };
}

export function unpackTrips(packed: PackedTrips): CapturedTrips {
  const steps = packed.steps.map(
    ([level, end, exit, instructions, touches]): Step => ({
      level,
      end,
      exit,
      instructions,
      touches: unpackTouches(touches),
    }),
  );
  const pages = Float64Array.from(packed.pages);
  return {
    capture: packed.capture,
    kernel: packed.kernel,
    pages,
    sizes: unpackSizes(packed.sizes, pages),
    trips: packed.trips.map((indices) => ({ steps: indices.map((index) => steps[index]!) })),
    invlpgPages: packed.invlpgPages,
  };
}

function packSizes(sizes: CapturedTrips['sizes']): PackedTrips['sizes'] {
  if (sizes === null) return null;
  const { levels, ownShifts, nestedShifts } = sizes;
  return { levels: [...levels], ownShifts: [...ownShifts], nestedShifts: [...nestedShifts] };
}

function unpackSizes(sizes: PackedTrips['sizes'], pages: Float64Array): CapturedTrips['sizes'] {
  if (sizes === null) return null;
  return {
    pages,
    levels: Uint8Array.from(sizes.levels),
    ownShifts: Uint8Array.from(sizes.ownShifts),
    nestedShifts: Uint8Array.from(sizes.nestedShifts),
  };
}

function packTouches(touches: Int32Array): string {
  return Array.from(touches, (touch) => {
    if (touch < 0 || touch >= BASE * BASE) throw new RangeError(`touch ${touch} has no two digits`);
    return DIGITS[Math.floor(touch / BASE)]! + DIGITS[touch % BASE]!;
  }).join('');
}

function unpackTouches(text: string): Int32Array {
  const touches = new Int32Array(text.length / 2);
  for (let at = 0; at < touches.length; at += 1) {
    const [high, low] = [text[at * 2]!, text[at * 2 + 1]!];
    touches[at] = DIGITS.indexOf(high) * BASE + DIGITS.indexOf(low);
  }
  return touches;
}
