import { TICKS_PER_CYCLE } from '../cost/ledger.ts';
import { liveByOwner, secondLevelTlbs } from '../hardware/census.ts';
import type { Pcpu } from '../hardware/pcpu.ts';
import type { GuestCpu } from '../hypervisor/state.ts';
import type { OwnerRole, Owners } from '../oracle/owners.ts';
import type { Cell } from '../suite/cell.ts';
import type { World } from '../workloads/world.ts';
import { measureCell } from './measure-cell.ts';
import { prepareWorkload } from './prepare-workload.ts';
import type { CellResult } from './results.ts';
import { worldOf } from './run-cell.ts';

/** Whose an entry is, seen from the vCPU that makes the round trip. */
export const ENTRY_OWNERS = ['L0', 'L1', 'L2', 'others'] as const;
export type EntryOwner = (typeof ENTRY_OWNERS)[number];

/** Live entries of a pCPU's second-level TLBs. */
export type TlbContents = Readonly<Record<EntryOwner, number>>;

/** An instruction of L0 that says who runs next, or that takes entries away. */
export interface TlbEvent {
  readonly kind: 'VMRUN' | '#VMEXIT' | 'INVLPGA' | 'INVVPID';
  /** Modelled time since the round trip began. */
  readonly atNs: number;
  /** Who runs after it. */
  readonly runs: EntryOwner;
  /** Null where none is named. */
  readonly asid: number | null;
  /** Of a VMRUN; 0 of all others. */
  readonly tlbControl: number;
  readonly before: TlbContents;
  readonly after: TlbContents;
}

/** The TLB over one round trip under one strategy. */
export interface TripContents {
  readonly strategy: string;
  readonly tripNs: number;
  /** Slots of the second-level TLBs. */
  readonly capacity: number;
  readonly atStart: TlbContents;
  readonly events: readonly TlbEvent[];
  readonly atEnd: TlbContents;
}

export const entriesIn = (contents: TlbContents): number =>
  ENTRY_OWNERS.reduce((sum, owner) => sum + contents[owner], 0);

/** How many entries an event takes away. */
export const discardedBy = ({ before, after }: TlbEvent): number =>
  entriesIn(before) - entriesIn(after);

/** A cell that is run with an eye on what KVM asks of its pCPUs in one round trip. */
interface WatchedCell {
  readonly world: World;
  readonly nextTrip: () => void;
  /** `nextTrip`, and what was seen of it. To be called once. */
  readonly watchedTrip: () => TripContents;
}

/** Builds a cell's world with somebody who looks on where KVM speaks to a pCPU, and changes nothing. */
function watchedCell(cell: Cell): WatchedCell {
  let look: Look | null = null;
  const watch = (pcpu: Pcpu) =>
    watched(pcpu, (what, act) => (look === null ? act() : look(pcpu, what, act)));
  const world = worldOf(cell, watch);
  const { ledger, oracle, pcpus } = world;
  const nextTrip = prepareWorkload(cell, world);
  const watchedTrip = (): TripContents => {
    const seen: Seen[] = [];
    const starts = new Map(pcpus.map((pcpu) => [pcpu, census(pcpu)]));
    const begin = ledger.ticks;
    const now = () => (ledger.ticks - begin) / TICKS_PER_CYCLE / cell.config.frequencyGhz;
    look = (pcpu, what, act) => {
      const [atNs, before] = [now(), census(pcpu)];
      act();
      seen.push({ ...what, pcpu, atNs, before, after: census(pcpu) });
    };
    nextTrip();
    look = null;
    const said = described(seen, starts, oracle.owners);
    return { strategy: cell.strategy.id, tripNs: now(), ...said };
  };
  return { world, nextTrip, watchedTrip };
}

/**
 * Who owns the entries of the TLB over the first round trip of a cell after its warm-up, the one that
 * `runCell` measures first.
 */
export function tripContents(cell: Cell): TripContents {
  const { nextTrip, watchedTrip } = watchedCell(cell);
  for (let trip = 0; trip < cell.suite.trips.warmUp; trip += 1) nextTrip();
  return watchedTrip();
}

/** A cell's result, as `runCell` gives it, and with it what `tripContents` gives. */
export function runWatched(cell: Cell): {
  readonly result: CellResult;
  /** Null where no trip is measured. */
  readonly contents: TripContents | null;
} {
  const { world, nextTrip, watchedTrip } = watchedCell(cell);
  let trips = 0;
  let contents: TripContents | null = null;
  const result = measureCell(cell, world, () => {
    if (trips === cell.suite.trips.warmUp) contents = watchedTrip();
    else nextTrip();
    trips += 1;
  });
  return { result, contents };
}

type Counts = ReadonlyMap<number, number>;

interface Instruction {
  readonly kind: TlbEvent['kind'];
  readonly asid: number | null;
  readonly tlbControl: number;
  /** Who runs after it. */
  readonly owner: number | null;
}

interface Seen extends Instruction {
  readonly pcpu: Pcpu;
  readonly atNs: number;
  readonly before: Counts;
  readonly after: Counts;
}

type Look = (pcpu: Pcpu, what: Instruction, act: () => void) => void;

const census = (pcpu: Pcpu): Counts => liveByOwner(secondLevelTlbs(pcpu.arrays));

/** The pCPU as KVM sees it, each of its instructions under an eye. */
function watched(pcpu: Pcpu, look: (what: Instruction, act: () => void) => void): GuestCpu {
  const none = { asid: null, tlbControl: 0, owner: null };
  return {
    vmrun: (asid, tlbControl, owner) =>
      look({ kind: 'VMRUN', asid, tlbControl, owner }, () => pcpu.vmrun(asid, tlbControl, owner)),
    vmexit: () => look({ ...none, kind: '#VMEXIT' }, () => pcpu.vmexit()),
    invlpga: (asid, mapping) =>
      look({ ...none, kind: 'INVLPGA', asid }, () => pcpu.invlpga(asid, mapping)),
    invvpid: (asid) => look({ ...none, kind: 'INVVPID', asid }, () => pcpu.invvpid(asid)),
  };
}

/** What was seen on the pCPU that the trip begins on, by level. */
function described(
  seen: readonly Seen[],
  starts: ReadonlyMap<Pcpu, Counts>,
  owners: Owners,
): Omit<TripContents, 'strategy' | 'tripNs'> {
  const [first] = seen;
  if (first === undefined) throw new RangeError('a round trip without any #VMEXIT');
  const { pcpu } = first;
  const runner = seen.find(({ owner }) => owner !== null)?.owner ?? owners.host;
  const vcpu = owners.roleOf(runner);
  const byLevel = (counts: Counts): TlbContents => {
    const contents = { L0: 0, L1: 0, L2: 0, others: 0 };
    for (const [owner, count] of counts) contents[entryOwner(owners.roleOf(owner), vcpu)] += count;
    return contents;
  };
  const events = seen
    .filter((event) => event.pcpu === pcpu)
    .map(
      ({ kind, atNs, asid, tlbControl, owner, before, after }): TlbEvent => ({
        kind,
        atNs,
        asid,
        tlbControl,
        runs: owner === null ? 'L0' : entryOwner(owners.roleOf(owner), vcpu),
        before: byLevel(before),
        after: byLevel(after),
      }),
    );
  const tlbs = secondLevelTlbs(pcpu.arrays);
  return {
    capacity: tlbs.reduce((sum, { entries }) => sum + entries, 0),
    atStart: byLevel(starts.get(pcpu)!),
    events,
    atEnd: byLevel(liveByOwner(tlbs)),
  };
}

function entryOwner(role: OwnerRole, { vm, vcpu }: OwnerRole): EntryOwner {
  if (role.level === 0) return 'L0';
  if (role.vm !== vm || role.vcpu !== vcpu) return 'others';
  return role.level === 1 ? 'L1' : 'L2';
}
