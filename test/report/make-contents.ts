import type { RunContents } from '../../src/run/run-contents.ts';
import type {
  EntryOwner,
  TlbContents,
  TlbEvent,
  TripContents,
} from '../../src/run/tlb-contents.ts';

const entries = (l1: number, l2: number): TlbContents => ({ L0: 80, L1: l1, L2: l2, others: 0 });

function event(
  atNs: number,
  runs: EntryOwner,
  asid: number | null,
  before: TlbContents,
  after: TlbContents = before,
): TlbEvent {
  const kind = asid === null ? '#VMEXIT' : 'VMRUN';
  return { kind, atNs, runs, asid, tlbControl: before === after ? 0 : 3, before, after };
}

function trip(strategy: string, events: readonly TlbEvent[]): TripContents {
  const first = events[0]!.before;
  const last = events.at(-1)!;
  return {
    strategy,
    tripNs: last.atNs,
    capacity: 2624,
    atStart: first,
    events,
    atEnd: last.after,
  };
}

/** A round trip of a CPUID exit as the headline's scenario has it, without L1's second exit. */
export function makeContents(): RunContents {
  const all = entries(37, 5);
  return {
    scenario: 'cpuid-npt-npt',
    machine: 'zen3-milan',
    seed: 1,
    trips: [
      trip('kvm-6.14', [
        event(455, 'L1', 512, entries(0, 5), entries(0, 0)),
        event(1504, 'L0', null, entries(37, 0)),
        event(3246, 'L2', 512, entries(37, 0), entries(0, 0)),
        event(3926, 'L0', null, entries(0, 5)),
      ]),
      trip('rfc-2025-03', [
        event(398, 'L1', 511, all),
        event(1094, 'L0', null, all),
        event(2767, 'L2', 512, all),
        event(3321, 'L0', null, all),
      ]),
    ],
  };
}
