import type { ImportedProfile } from './profile.ts';

/** An event of AMD's PMUs, with perf's names for it in the order of the newest CPUs first. */
interface PmuEvent {
  readonly what: string;
  readonly names: readonly string[];
}

/**
 * perf's names of the two events that show what a separate ASID changes.
 * Source: Linux, tools/perf/pmu-events/arch/x86/amdzen1 to amdzen5 (events 0x78 and 0x45).
 */
export const PMU_EVENTS = {
  flushes: {
    what: 'flushes of the TLB',
    names: ['ls_tlb_flush.all', 'ls_tlb_flush.all_tlb_flushes', 'all_tlbs_flushed'],
  },
  walks: {
    what: 'page walks for data',
    names: ['ls_l1_d_tlb_miss.all_l2_miss', 'l2_dtlb_misses', 'dtlb_load_misses.walk_completed'],
  },
} as const satisfies Readonly<Record<string, PmuEvent>>;

/** From this many flushes per nested transition on, a kernel flushes at transitions. */
const FLUSHES_OF_OLD_KERNEL = 0.5;

/** Which kernel flushes so often, in words: half a flush per transition lies between them. */
export function kernelThatFlushes(perTransition: number): string {
  return perTransition > FLUSHES_OF_OLD_KERNEL
    ? 'a kernel without the series'
    : 'a kernel with the series';
}

/** What the PMU counted beside what KVM counted, in sentences. */
export function pmuFindings(profile: ImportedProfile): string[] {
  const roundTrips = profile.nestedRuns ?? profile.reflectedExits ?? 0;
  if (roundTrips === 0) return [];
  const findings: string[] = [];
  const flushes = countOf(profile, PMU_EVENTS.flushes);
  if (flushes !== null) {
    const each = flushes.count / (2 * roundTrips);
    findings.push(
      `${flushes.text} over ${2 * roundTrips} transitions: ${each.toFixed(2)} each, ${kernelThatFlushes(each)}; the host's own flushes are among them`,
    );
  }
  const walks = countOf(profile, PMU_EVENTS.walks);
  if (walks !== null) {
    const each = (walks.count / roundTrips).toFixed(1);
    findings.push(`${walks.text} over ${roundTrips} round trips: ${each} each`);
  }
  return findings;
}

function countOf(
  profile: ImportedProfile,
  { what, names }: PmuEvent,
): { readonly count: number; readonly text: string } | null {
  const found = profile.pmuEvents.find(({ event }) => isNamed(event, names));
  if (found === undefined) return null;
  const { count, event } = found;
  return { count, text: `${Math.round(count)} ${what} (${event})` };
}

/** Modifiers such as `:G` and `:k` may follow the name. */
function isNamed(event: string, names: readonly string[]): boolean {
  return names.includes(event.replace(/:[a-zA-Z]+$/, ''));
}
