import type { CpuLog } from '../inputs/cpu-log.ts';
import { exitName } from '../inputs/exit-codes.ts';
import type { PageSegment } from '../inputs/page-sequences.ts';
import type { SizedPages } from '../inputs/touched-segments.ts';
import { UserError } from '../util/user-error.ts';
import { asKernel, type CapturedSegment, type KernelId } from './kernel-exits.ts';

/** What ends a step of a round trip, as KVM in L0 sees it. */
export type StepEnd =
  /** L0 reflects L2's exit to L1: nested #VMEXIT, then VMRUN of vmcb01. */
  | 'nestedVmexit'
  /** L0 emulates L1's VMRUN: then VMRUN of vmcb02. */
  | 'nestedVmrun'
  /** L0 handled an exit itself: the same VMCB runs again. */
  | 'resume'
  /** L1 or L2 ran, and exits. */
  | 'vmexit';

/** What runs between two mode switches. */
export interface Step {
  readonly level: 0 | 1 | 2;
  readonly end: StepEnd;
  /** Exit that L0 handles, for a step of L0; that ended it, for a guest's. */
  readonly exit: string;
  readonly instructions: number;
  /** Page touches in order: index into `pages` of the capture times 2, plus 1 for data. */
  readonly touches: Int32Array;
}

export interface Trip {
  readonly steps: readonly Step[];
}

/** Round trips cut from one captured window: all with the same sequence of mode switches. */
export interface CapturedTrips {
  readonly capture: string;
  /** Whose exits they have. */
  readonly kernel: KernelId;
  /** Virtual 4 KiB page numbers; a page of L0 and one of L1 may have the same number. */
  readonly pages: Float64Array;
  /** Null where the capture has none. */
  readonly sizes: SizedPages | null;
  readonly trips: readonly Trip[];
  /** Pages that L2 unmaps and flushes by INVLPG once per trip. */
  readonly invlpgPages: readonly number[];
}

function stepEnd(segment: PageSegment): StepEnd {
  if (segment.level !== 0) return 'vmexit';
  if (segment.kind.startsWith('L2->L1 ')) return 'nestedVmexit';
  if (segment.kind.startsWith('L1->L2 ')) return 'nestedVmrun';
  return 'resume';
}

function toStep(segment: PageSegment): Step {
  return {
    level: segment.level,
    end: stepEnd(segment),
    exit: exitName(segment.exitCode),
    instructions: segment.instructions,
    touches: segment.touches,
  };
}

function signature(trip: Trip): string {
  return trip.steps.map((step) => `${step.level}${step.end}${step.exit}`).join(' ');
}

/** A window of a capture, as far as trips are cut from it. */
export interface TripSource {
  /** As a suite names it. */
  readonly name: string;
  /** For messages. */
  readonly path: string;
  readonly segments: readonly CapturedSegment[];
  readonly sizes: SizedPages | null;
}

/**
 * Cuts the trips of one reflected exit out of a window: from the reflected exit to the next one, as
 * another kernel than the captured one makes them if `kernel` is another.
 * Kept are those with the most frequent sequence of mode switches: the others were disturbed by
 * host interrupts, whose rate is an artefact of the slowed clock that they were captured under.
 * Throws `UserError` when the window has no such trip.
 */
export function cutTrips(
  window: TripSource,
  reflectedExit: string,
  kernel: KernelId,
  log: CpuLog | null,
): CapturedTrips {
  const trips: Trip[] = [];
  let open: Step[] | null = null;
  for (const segment of asKernel(window.segments, kernel)) {
    const step = toStep(segment);
    if (step.end === 'nestedVmexit') {
      if (open !== null) trips.push({ steps: open });
      open = step.exit === reflectedExit ? [step] : null;
    } else if (open !== null) open.push(step);
  }
  const counts = new Map<string, number>();
  for (const trip of trips) {
    const name = signature(trip);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [usual] = [...counts].sort((a, b) => b[1] - a[1]);
  const pages = window.segments[0]?.pages;
  if (usual === undefined || pages === undefined) {
    throw new UserError(
      'input',
      window.path,
      `there is no whole round trip of a reflected ${reflectedExit}`,
      'Name another capture or another exit in the suite',
    );
  }
  return {
    capture: window.name,
    kernel,
    pages,
    sizes: window.sizes,
    trips: trips.filter((trip) => signature(trip) === usual[0]),
    invlpgPages: log === null ? [] : pagesFlushedByL2(log),
  };
}

/** What L0 did at exits of one kind that it handled by itself. */
export interface CapturedL0Exits {
  readonly pages: Float64Array;
  readonly sizes: SizedPages | null;
  readonly steps: readonly Step[];
}

/** The steps of L0 at exits that it did not hand on. Throws `UserError` when the window has none. */
export function cutL0Exits(window: TripSource, exit: string, from: 'L1' | 'L2'): CapturedL0Exits {
  const { path, segments, sizes } = window;
  const steps = segments
    .filter((segment) => segment.level === 0 && segment.kind.startsWith(`${from}->${from} `))
    .map(toStep)
    .filter((step) => step.exit === exit);
  const pages = segments[0]?.pages;
  if (steps.length > 0 && pages !== undefined) return { pages, sizes, steps };
  throw new UserError(
    'input',
    path,
    `there is no ${exit} of ${from} that L0 handles by itself`,
    'Name another capture or another exit in the suite',
  );
}

/** Pages that guests flush by INVLPG between a VMRUN of vmcb02 and its exit, in first-seen order. */
function pagesFlushedByL2(log: CpuLog): number[] {
  const vmcb01s = new Set<string>();
  for (const event of log.events) {
    if (event.kind === 'vmexit' && exitName(event.code) === 'VMRUN') vmcb01s.add(event.vmcb);
  }
  const pages = new Set<number>();
  let inL2 = false;
  for (const event of log.events) {
    if (event.kind === 'vmrun') inL2 = !vmcb01s.has(event.vmcb);
    else if (event.kind === 'vmexit') inL2 = false;
    else if (event.kind === 'invlpg' && inL2 && event.guestMode) {
      pages.add(Number.parseInt(event.address.slice(0, -3), 16));
    }
  }
  return [...pages];
}
