import {
  SYNC_INSTRUCTIONS_PER_ENTRY,
  SYNC_INSTRUCTIONS_PER_PAGE,
  SYNC_INSTRUCTIONS_PER_REMOVED_ENTRY,
} from '../hypervisor/mmu.ts';
import { CAPTURED_KERNEL, type Strategy, strategyById } from '../hypervisor/strategies.ts';
import { dataPath, readDataFile } from '../inputs/load-data.ts';
import { replayFile } from '../replay/replay.ts';
import type { Suite } from '../suite/suite.ts';
import { comparedRow, type ValidationRow } from './rows.ts';
import { cellsOf, spreadOf, suiteNamed } from './suite-cells.ts';

const CAPTURE =
  'data/nested-kvm: Linux 6.12.117 as L0 and L1, captured on an emulated CPU with KVM enabled in both';
const MACHINE = 'zen3-milan';
const SEEDS = 4;
/** Faults between two MADV_DONTNEEDs of the captured workload. */
const FAULTS = 32;

/**
 * Per reflected exit, counted in L0's ftrace (data/nested-kvm/ftrace-counts-per-trip.txt):
 * transitions that asked for flush and sync, and syncs that found an unsync page. The model's suites
 * run other windows of the same workloads, recorded without ftrace.
 */
const COUNTED = [
  { suite: 'cpuid-npt-npt', window: 'l2flat-cpuid', transitions: 2, syncs: 0 },
  { suite: 'pio-npt-npt', window: 'l2flat-pio', transitions: 2, syncs: 0 },
  { suite: 'npf-npt-npt', window: 'l2flat-npf32', transitions: 2, syncs: 0.996 },
] as const;

/** Replayed logs whose every VMRUN is compared; the hardware VMRUNs in all of them together. */
const REPLAYED = [
  'plug-c.cpuid',
  'plug-c.npf32',
  'plug-b.l1shadow-cpuid',
  'l2linux-b.pipe',
  'noflushasid.npf32',
  'l0flat.npf32',
] as const;

/** Flushes and syncs of each round trip, and VMRUN by VMRUN. */
export function kvmRows(suites: readonly Suite[]): readonly ValidationRow[] {
  const kernel = strategyById(CAPTURED_KERNEL);
  if (kernel === undefined) throw new RangeError('the captured kernel has no strategy');
  return [
    ...COUNTED.flatMap((counted) => countRows(counted, suites, kernel)),
    ...REPLAYED.map((name) => replayRow(name, kernel)),
  ];
}

function countRows(
  counted: (typeof COUNTED)[number],
  suites: readonly Suite[],
  kernel: Strategy,
): readonly ValidationRow[] {
  const suite = suiteNamed(suites, counted.suite);
  const cells = cellsOf(suite, MACHINE, kernel, SEEDS);
  const shared = {
    topic: 'kvm',
    kind: 'validation',
    unit: 'per round trip',
    source: `${CAPTURE}; ftrace of window ${counted.window}`,
    measuredInterval: null,
  } as const;
  return [
    comparedRow({
      ...shared,
      id: `kvm-flushes-${counted.suite}`,
      quantity: `VMRUNs that flush for a nested transition, ${counted.suite}`,
      setup:
        'Captured: calls of nested_svm_transition_tlb_flush, each of which flushes at the next VMRUN. ' +
        `Modelled: ${kernel.id}, VMRUNs with TLB_CONTROL other than 0; least and most of four seeds.`,
      measured: counted.transitions,
      predicted: spreadOf(cells.map((cell) => cell.hardwareFlushesPerTrip)),
      ifOutside:
        'the count of the model holds flushes for other causes too, such as the remote flush that a sync ends with',
    }),
    comparedRow({
      ...shared,
      id: `kvm-syncs-${counted.suite}`,
      quantity: `syncs that find an unsync page, ${counted.suite}`,
      setup:
        `Captured: calls of mmu_sync_children. Modelled: instructions of syncs under ${kernel.id} over those ` +
        'of a sync of a fault in the middle of 32; bounds: were all syncs the dearest, or the cheapest.',
      measured: counted.syncs,
      predicted: syncsOf(
        cells.map((cell) => (cell.events?.syncInstruction ?? 0) / cell.roundTrips),
      ),
      ifOutside:
        'the trips of the suite write to NPT12 more or less often than those of the window',
    }),
  ];
}

/** From instructions of syncs in a round trip to syncs; a page has 1 to 32 entries then. */
function syncsOf(instructions: readonly number[]) {
  const { point } = spreadOf(instructions);
  const cost = (entries: number, removed: number) =>
    SYNC_INSTRUCTIONS_PER_PAGE +
    SYNC_INSTRUCTIONS_PER_ENTRY * entries +
    SYNC_INSTRUCTIONS_PER_REMOVED_ENTRY * removed;
  return {
    point: point / cost(FAULTS / 2, 1),
    low: point / cost(FAULTS, FAULTS),
    high: point / cost(1, 0),
  };
}

function replayRow(name: string, kernel: Strategy): ValidationRow {
  const path = dataPath('nested-kvm', 'hw', `${name}.hw.br`);
  const result = replayFile(path, readDataFile(path), kernel);
  return comparedRow({
    id: `kvm-replay-${name}`,
    topic: 'kvm',
    kind: 'validation',
    quantity: `VMRUNs that agree in VMCB, ASID and TLB_CONTROL, ${name}`,
    unit: 'count',
    source: CAPTURE,
    setup: `Replayed against ${kernel.id}; ${result.fromLog} events that a model can't know are taken from the log.`,
    measured: result.vmruns,
    measuredInterval: null,
    predicted: { point: result.agree, low: result.agree, high: result.agree },
    ifOutside: 'the rules of the model differ from the captured kernel: see the replay command',
  });
}
