import type { CpuEvent } from '../inputs/cpu-events.ts';
import { exitName } from '../inputs/exit-codes.ts';
import type { TouchedLogSegment, TouchedWindow } from '../inputs/touched-segments.ts';

/** Between two mode switches, as it runs on the modelled hardware. */
export type ExecutedSegment = Pick<
  TouchedLogSegment,
  'kind' | 'level' | 'begin' | 'instructions' | 'touches'
> & { readonly within: readonly CpuEvent[] };

/** From one reflected exit of L2 to the next one. */
export type ExecutedTrip = readonly ExecutedSegment[];

/**
 * What the loop in L2 does once: one or more round trips in the order in which they ran. A window
 * without marks, or with fewer than two of them, is cut into single trips.
 */
export type Iteration = readonly ExecutedTrip[];

/** A captured window with the iterations that it was cut into. */
export interface CutWindow extends TouchedWindow {
  readonly iterations: readonly Iteration[];
  /** Round trips that an iteration makes, disturbed ones included. */
  readonly tripsPerIteration: number;
}

/** A mark that the loop in L2 makes at the beginning of each iteration. */
const ITERATION_MARK = 3;
const HOST_INTERRUPTS: ReadonlySet<string> = new Set(['INTR', 'NMI', 'SMI']);

const isReflected = ({ kind }: TouchedLogSegment): boolean => kind.startsWith('L2->L1 ');

function startsIteration({ within }: TouchedLogSegment): boolean {
  return within.some((event) => event.kind === 'mark' && event.number === ITERATION_MARK);
}

/** The guest was left for an interrupt of the host, and entered again as it was. */
function isInterruption(
  guest: TouchedLogSegment,
  host: TouchedLogSegment,
  next: TouchedLogSegment,
) {
  return (
    host.level === 0 &&
    guest.level === next.level &&
    HOST_INTERRUPTS.has(exitName(host.exitCode)) &&
    guest.begin.kind === 'vmrun' &&
    next.begin.kind === 'vmrun' &&
    next.begin.vmcb === guest.begin.vmcb &&
    next.begin.asid === guest.begin.asid &&
    next.begin.tlbControl === 0 &&
    next.begin.eventInjection === '0'
  );
}

function joined(guest: TouchedLogSegment, next: TouchedLogSegment): TouchedLogSegment {
  return {
    ...guest,
    kind: next.kind,
    exitCode: next.exitCode,
    instructions: guest.instructions + next.instructions,
    within: [...guest.within, ...next.within],
    touches: Int32Array.from([...guest.touches, ...next.touches]),
    kinds: Uint8Array.from([...guest.kinds, ...next.kinds]),
  };
}

/**
 * Takes the host's own interrupts out of guests: their rate is an artefact of the slowed clock that a
 * capture is made under. One that makes L0 flush, move or inject something is kept.
 */
export function withoutHostInterrupts(segments: readonly TouchedLogSegment[]): TouchedLogSegment[] {
  const kept: TouchedLogSegment[] = [];
  for (let at = 0; at < segments.length; at += 1) {
    const segment = segments[at]!;
    const guest = kept.at(-1);
    const next = segments[at + 1];
    if (guest !== undefined && next !== undefined && isInterruption(guest, segment, next)) {
      kept[kept.length - 1] = joined(guest, next);
      at += 1;
    } else kept.push(segment);
  }
  return kept;
}

/** Where L0 begins to reflect the first exit of each iteration, and the end of the last whole one. */
function iterationStarts(segments: readonly TouchedLogSegment[]): number[] {
  const marked = segments.flatMap((segment, at) => (startsIteration(segment) ? [at + 1] : []));
  // The part of L2 before the first mode switch belongs to no segment, and its mark to none.
  const starts = segments[0]?.level === 0 ? [0, ...marked] : marked;
  return starts.filter((at) => at === segments.length || isReflected(segments[at]!));
}

function cutAt(
  segments: readonly TouchedLogSegment[],
  starts: readonly number[],
): TouchedLogSegment[][] {
  return starts.slice(1).map((end, at) => segments.slice(starts[at]!, end));
}

function tripStarts(segments: readonly TouchedLogSegment[]): number[] {
  return segments.flatMap((segment, at) => (isReflected(segment) ? [at] : []));
}

const signature = (segments: readonly TouchedLogSegment[]): string =>
  segments.map(({ kind }) => kind).join(', ');

/** Those that most of the others are like, if most are alike; else all. */
function undisturbed(pieces: readonly TouchedLogSegment[][]): readonly TouchedLogSegment[][] {
  const counts = new Map<string, number>();
  for (const piece of pieces) {
    const name = signature(piece);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const usual = [...counts].find(([, count]) => count * 2 > pieces.length);
  return usual === undefined ? pieces : pieces.filter((piece) => signature(piece) === usual[0]);
}

function tripsOf(piece: readonly TouchedLogSegment[]): TouchedLogSegment[][] {
  return cutAt(piece, [...tripStarts(piece), piece.length]);
}

/** The trips of iterations without those that are unlike most of the same reflected exit. */
function withoutDisturbedTrips(iterations: readonly TouchedLogSegment[][][]): Iteration[] {
  const byExit = new Map<string, TouchedLogSegment[][]>();
  for (const trip of iterations.flat()) {
    const exit = trip[0]!.kind;
    byExit.set(exit, [...(byExit.get(exit) ?? []), trip]);
  }
  const kept = new Set([...byExit.values()].flatMap((trips) => undisturbed(trips)));
  return iterations.map((trips) => trips.filter((trip) => kept.has(trip)));
}

/**
 * A window with its whole iterations. What something disturbed is left out: where more than half of the
 * iterations make the same sequence of mode switches, the others, and then in the same way single trips
 * among those of one reflected exit. None is left if no exit of L2 was reflected.
 */
export function cutWindow(window: TouchedWindow): CutWindow {
  const segments = withoutHostInterrupts(window.segments);
  const marked = cutAt(segments, iterationStarts(segments));
  const pieces = marked.length > 0 ? marked : cutAt(segments, tripStarts(segments));
  const whole = undisturbed(pieces).map(tripsOf);
  const trips = whole.reduce((sum, each) => sum + each.length, 0);
  return {
    ...window,
    iterations: withoutDisturbedTrips(whole),
    tripsPerIteration: whole.length === 0 ? 0 : trips / whole.length,
  };
}
