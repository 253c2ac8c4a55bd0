import type { CpuLog } from '../inputs/cpu-log.ts';
import { logSegments } from '../inputs/log-segments.ts';

/** The most frequent round trip of a window: from one exit of L2 that L1 sees to the next. */
export interface TripSummary {
  /** Exits that L0 handles in it, in order, the one of L2 first. */
  readonly exits: readonly string[];
  readonly trips: number;
  /** Medians over these trips. */
  readonly l0Instructions: number;
  readonly l1Instructions: number;
  /** Mean number of VMRUNs of a trip with a TLB_CONTROL other than 0. */
  readonly flushes: number;
}

interface OpenTrip {
  readonly exits: string[];
  l0: number;
  l1: number;
  flushes: number;
}

/** Ends of segments that come from outside: their rate is an artefact of the emulator's clock. */
const DISTURBANCES = new Set(['INTR', 'NMI', 'VINTR']);

/**
 * Summary of the undisturbed round trips of a log, the last, partial one left out; null where there
 * are none.
 */
export function summarizeTrips(log: CpuLog): TripSummary | null {
  const whole: OpenTrip[] = [];
  let open: OpenTrip | null = null;
  for (const segment of logSegments(log)) {
    const exit = segment.kind.split(' ')[1] ?? '';
    if (segment.level === 0 && segment.kind.startsWith('L2->L1')) {
      if (open !== null) whole.push(open);
      open = { exits: [], l0: 0, l1: 0, flushes: 0 };
    }
    if (open === null) continue;
    if (segment.level === 0) {
      open.exits.push(exit);
      open.l0 += segment.instructions;
    } else {
      if (segment.level === 1) open.l1 += segment.instructions;
      if (segment.tlbControl !== 0) open.flushes++;
    }
  }
  return usual(whole.filter((trip) => !trip.exits.some((exit) => DISTURBANCES.has(exit))));
}

function usual(trips: readonly OpenTrip[]): TripSummary | null {
  const groups = new Map<string, OpenTrip[]>();
  for (const trip of trips) {
    const name = trip.exits.join(' ');
    groups.set(name, [...(groups.get(name) ?? []), trip]);
  }
  const [group] = [...groups.values()].sort((a, b) => b.length - a.length);
  if (group === undefined) return null;
  return {
    exits: group[0]!.exits,
    trips: group.length,
    l0Instructions: median(group.map((trip) => trip.l0)),
    l1Instructions: median(group.map((trip) => trip.l1)),
    flushes: group.reduce((sum, trip) => sum + trip.flushes, 0) / group.length,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
