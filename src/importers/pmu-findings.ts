import { OTHER_FLUSH_NAMES, PMU_EVENTS, type PmuEvents } from '../hardware/pmu-events.ts';
import type { ImportedProfile } from './profile.ts';

const MACHINES: readonly PmuEvents[] = Object.values(PMU_EVENTS);

/** From this many flushes per nested transition on, a kernel flushes at transitions. */
const FLUSHES_OF_OLD_KERNEL = 0.5;

/** Which kernel flushes so often, in words: half a flush per transition lies between them. */
export function kernelThatFlushes(perTransition: number): string {
  return perTransition > FLUSHES_OF_OLD_KERNEL
    ? 'a kernel without the series'
    : 'a kernel with the series';
}

/** What the PMU counted, over what KVM counted. */
export interface PmuRates {
  /** Per entry to L2 or exit from it; null: not counted. */
  readonly flushesPerTransition: number | null;
  /** Walks for data, of everything that ran; null: not counted. */
  readonly walksPerRoundTrip: number | null;
}

/** Null where no round trips were counted, or neither flushes nor walks. */
export function pmuRates(profile: ImportedProfile): PmuRates | null {
  const { roundTrips, flushes, walks } = countsOf(profile);
  if (roundTrips === 0 || (flushes === null && walks === null)) return null;
  return {
    flushesPerTransition: flushes === null ? null : flushes.count / (2 * roundTrips),
    walksPerRoundTrip: walks === null ? null : walks.count / roundTrips,
  };
}

/** What the PMU counted beside what KVM counted, in sentences. */
export function pmuFindings(profile: ImportedProfile): string[] {
  const { roundTrips, flushes, walks } = countsOf(profile);
  if (roundTrips === 0) return [];
  const findings: string[] = [];
  if (flushes !== null) {
    const each = flushes.count / (2 * roundTrips);
    findings.push(
      `${flushes.count} flushes of the TLB (${flushes.names}) over ${2 * roundTrips} transitions: ${each.toFixed(2)} each, ${kernelThatFlushes(each)}; the host's own flushes are among them`,
    );
  }
  if (walks !== null) {
    const each = (walks.count / roundTrips).toFixed(1);
    findings.push(
      `${walks.count} page walks for data (${walks.names}) over ${roundTrips} round trips: ${each} each`,
    );
  }
  return findings;
}

function countsOf(profile: ImportedProfile) {
  const flushNames = [...MACHINES.flatMap(({ flushes }) => flushes ?? []), ...OTHER_FLUSH_NAMES];
  return {
    roundTrips: profile.nestedRuns ?? profile.reflectedExits ?? 0,
    flushes: countOf(
      profile,
      flushNames.map((name) => [name]),
    ),
    walks: countOf(
      profile,
      MACHINES.map((machine) => machine.walks),
    ),
  };
}

/** The sum of the first set of events of which all were counted. */
function countOf(
  profile: ImportedProfile,
  sets: readonly (readonly string[])[],
): { readonly count: number; readonly names: string } | null {
  for (const names of sets) {
    const found = names.map((name) => profile.pmuEvents.find(({ event }) => isNamed(event, name)));
    const counts = found.flatMap((each) => each?.count ?? []);
    if (counts.length < names.length) continue;
    const count = Math.round(counts.reduce((sum, each) => sum + each, 0));
    return { count, names: names.join(' and ') };
  }
  return null;
}

/** Modifiers such as `:G` and `:k` may follow the name. */
function isNamed(event: string, name: string): boolean {
  return event.replace(/:[a-zA-Z]{1,8}$/, '') === name;
}
