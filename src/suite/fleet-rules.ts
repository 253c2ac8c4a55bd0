import { EVENT_KINDS, type EventKind, L1_EVENTS } from '../workloads/events.ts';
import type { Fleet } from '../workloads/world-memory.ts';

/** What is wrong with one key of a suite. */
export interface SuiteTrouble {
  readonly path: readonly string[];
  readonly message: string;
}

/** What of a suite says who runs where, and what happens to them. */
interface FleetDocument {
  readonly workload: { readonly kind: 'captured-trips' | 'program' | 'l1-exits' };
  readonly fleet?: (Fleet & { readonly placement: 'spread' | 'half-pinned' }) | undefined;
  readonly events?: Readonly<Partial<Record<EventKind, unknown>>> | undefined;
  readonly hyperV?: true | undefined;
}

/** Events that can never happen in a suite, and fleets that can't be placed: neither is passed over. */
export function fleetTroubles(suite: FleetDocument): SuiteTrouble[] {
  const events = EVENT_KINDS.flatMap((kind): SuiteTrouble[] => {
    if (suite.events?.[kind] === undefined) return [];
    const message = whyNever(suite, kind);
    return message === null ? [] : [{ path: ['events', kind], message }];
  });
  return [...events, ...placementTroubles(suite)];
}

function whyNever(suite: FleetDocument, kind: EventKind): string | null {
  const { fleet, workload } = suite;
  const isL1Only = workload.kind === 'l1-exits';
  if (isL1Only && !L1_EVENTS.includes(kind)) return 'never happens: these guests run no L2';
  if (!isL1Only && kind === 'guestBroadcasts') return 'never happens: only l1-exits have it';
  if (kind === 'hyperVFlushes' && suite.hyperV !== true)
    return 'never happens without hyperV: true';
  if (kind === 'l2Switches' && (fleet?.l2sPerVcpu ?? 1) < 2) {
    return 'never happens: fleet.l2sPerVcpu must be at least 2';
  }
  if (kind === 'migrations' && (fleet?.pcpus ?? 1) < 2) {
    return 'never happens: fleet.pcpus must be at least 2';
  }
  const vcpus = (fleet?.l1s ?? 1) * (fleet?.vcpusPerL1 ?? 1);
  return kind === 'vcpuSwitches' && vcpus <= (fleet?.pcpus ?? 1)
    ? 'never happens: every vCPU has a pCPU of its own'
    : null;
}

function placementTroubles({ fleet, workload }: FleetDocument): SuiteTrouble[] {
  if (fleet === undefined) return [];
  const troubles: SuiteTrouble[] = [];
  const pinned = Math.floor((fleet.l1s * fleet.vcpusPerL1) / 2);
  if (fleet.placement === 'half-pinned' && fleet.pcpus <= pinned) {
    const message = `must be more than ${pinned}: half of the vCPUs have one each, the others share`;
    troubles.push({ path: ['fleet', 'pcpus'], message });
  }
  if (fleet.sev === true && workload.kind !== 'l1-exits') {
    const message = 'needs a workload of kind l1-exits: SEV guests run no L2s';
    troubles.push({ path: ['fleet', 'sev'], message });
  }
  return troubles;
}
