import { strategyById } from '../hypervisor/strategies.ts';
import { openCapture, readWindowLog } from '../inputs/capture.ts';
import { dataPath } from '../inputs/load-data.ts';
import { type LogSegment, logSegments } from '../inputs/log-segments.ts';
import type { Suite } from '../suite/suite.ts';
import { comparedRow, type ValidationRow } from './rows.ts';
import { cellsOf, spreadOf, suiteNamed } from './suite-cells.ts';

const MACHINE = 'zen3-milan';
const SEEDS = 4;
/** Handlers of the suites were captured on a CPU without XSAVE, whose exits are shorter by so much: assumed. */
const OTHER_CPU = 0.03;

/** Real kernels, and the strategies that model them. */
const KERNELS = [
  { capture: 'stock', strategy: 'kvm-6.14', name: '6.12.117' },
  { capture: 'rfc', strategy: 'rfc-2025-03', name: '6.12.117 with the 24 patches' },
] as const;

/** The same workload, captured twice: the suite runs another window than the one it is held against. */
const WORKLOADS = [
  { suite: 'npf-npt-npt', window: 'npt-npt.npf32.long', exit: 'NPF' },
  { suite: 'pio-npt-npt', window: 'npt-npt.pio.long', exit: 'IOIO' },
] as const;

/** Ten times the 32 faults after which L1 takes pages away and asks for a flush. */
const TRIPS = 320;

/** Means over the undisturbed trips of a window. */
interface CapturedTrip {
  readonly exits: number;
  readonly instructions: number;
  /** All of the window, also those between such trips. */
  readonly flushes: number;
}

const DISTURBANCE = / (?:INTR|VINTR|NMI)$|^L1->L1 IOIO$/;

function capturedTrip(capture: string, windowName: string, exit: string): CapturedTrip {
  const opened = openCapture(dataPath('captures', capture));
  const window = opened.manifest.windows.find(({ name }) => name === windowName);
  if (window === undefined) throw new RangeError(`${capture} has no window ${windowName}`);
  const segments = logSegments(readWindowLog(opened, window));
  const reflected = segments.filter(({ kind }) => kind === `L2->L1 ${exit}`).length;
  const trips = tripsOf(segments, exit);
  const mean = (of: (trip: readonly LogSegment[]) => number) =>
    trips.reduce((sum, trip) => sum + of(trip), 0) / trips.length;
  const ofL0 = (trip: readonly LogSegment[]) => trip.filter(({ level }) => level === 0);
  return {
    exits: mean((trip) => ofL0(trip).length),
    instructions:
      mean((trip) => ofL0(trip).reduce((sum, each) => sum + each.instructions, 0)) +
      syncsBetween(segments, trips) / reflected,
    flushes: segments.filter((each) => (each.tlbControl ?? 0) !== 0).length / reflected,
  };
}

/**
 * Instructions of syncs outside of these trips: L1 takes pages away in an exit to its user space, and the
 * VMRUN after that one syncs.
 */
function syncsBetween(segments: readonly LogSegment[], trips: readonly LogSegment[][]): number {
  const inTrips = new Set(trips.flat());
  const vmruns = segments.filter(({ kind }) => kind === 'L1->L2 VMRUN');
  const plain = Math.min(...vmruns.map(({ instructions }) => instructions));
  return vmruns
    .filter((each) => !inTrips.has(each))
    .reduce((sum, { instructions }) => sum + instructions - plain, 0);
}

/** From one reflected exit to the next, where no interrupt came in between. */
function tripsOf(segments: readonly LogSegment[], exit: string): LogSegment[][] {
  const trips: LogSegment[][] = [];
  let open: LogSegment[] | null = null;
  for (const segment of segments) {
    if (segment.kind.startsWith('L2->L1 ')) {
      if (open !== null) trips.push(open);
      open = segment.kind === `L2->L1 ${exit}` ? [] : null;
    }
    open?.push(segment);
  }
  return trips.filter((trip) => !trip.some(({ kind }) => DISTURBANCE.test(kind)));
}

/** Trips of the stock and of the patched kernel, against the model of each on another window. */
export function patchedRows(suites: readonly Suite[]): readonly ValidationRow[] {
  return KERNELS.flatMap((kernel) =>
    WORKLOADS.flatMap((workload) => tripRows(kernel, workload, suites)),
  );
}

function tripRows(
  { capture, strategy: id, name }: (typeof KERNELS)[number],
  { suite: suiteId, window, exit }: (typeof WORKLOADS)[number],
  suites: readonly Suite[],
): readonly ValidationRow[] {
  const strategy = strategyById(id);
  if (strategy === undefined) throw new RangeError(`there is no strategy ${id}`);
  const suite = { ...suiteNamed(suites, suiteId), trips: { warmUp: 64, measured: TRIPS } };
  const cells = cellsOf(suite, MACHINE, strategy, SEEDS);
  const perTrip = (kind: string) =>
    cells.map(({ events, roundTrips }) => (events?.[kind] ?? 0) / roundTrips);
  const measured = capturedTrip(capture, window, exit);
  const syncs = perTrip('syncInstruction');
  const shared = {
    topic: 'kvm',
    kind: 'validation',
    source: `data/captures/${capture}: ${name} as L0, captured on an emulated CPU, window ${window}`,
  } as const;
  const setup = `Modelled: ${id} on the trips of ${suiteId}, another window; least and most of four seeds. `;
  return [
    comparedRow({
      ...shared,
      id: `kvm-exits-${suiteId}-${capture}`,
      quantity: `exits to L0, ${suiteId}, ${name}`,
      unit: 'per round trip',
      setup: `${setup}Measured interval: 1 %, the share of trips at which a window ends.`,
      measured: measured.exits,
      measuredInterval: { low: measured.exits * 0.99, high: measured.exits * 1.01 },
      predicted: spreadOf(perTrip('worldSwitch')),
      ifOutside: 'the model makes an exit that the kernel does not make, or the reverse',
    }),
    comparedRow({
      ...shared,
      id: `kvm-instructions-${suiteId}-${capture}`,
      quantity: `L0 instructions, ${suiteId}, ${name}`,
      unit: 'per round trip',
      setup: `${setup}Requests that are served are not in the modelled count. Measured interval: 3 % assumed, for a CPU with XSAVE.`,
      measured: measured.instructions,
      measuredInterval: {
        low: measured.instructions * (1 - OTHER_CPU),
        high: measured.instructions * (1 + OTHER_CPU),
      },
      predicted: spreadOf(perTrip('l0Instruction').map((own, cell) => own + syncs[cell]!)),
      ifOutside: 'a handler or a sync is priced by another count than the kernel executes',
    }),
    comparedRow({
      ...shared,
      id: `kvm-flushing-${suiteId}-${capture}`,
      quantity: `VMRUNs that flush, ${suiteId}, ${name}`,
      unit: 'per round trip',
      setup: `${setup}Measured interval: 5 %, what interrupts and other exits of the window add.`,
      measured: measured.flushes,
      measuredInterval: { low: measured.flushes * 0.95, high: measured.flushes * 1.05 },
      predicted: spreadOf(cells.map((cell) => cell.hardwareFlushesPerTrip)),
      ifOutside: 'the rules of the strategy differ from the kernel',
    }),
  ];
}
