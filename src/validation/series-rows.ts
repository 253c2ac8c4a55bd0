import { strategyById } from '../hypervisor/strategies.ts';
import { openCapture } from '../inputs/capture.ts';
import { dataPath } from '../inputs/load-data.ts';
import { isExecuted, runExecutedCell } from '../run/executed-cell.ts';
import { capturedKernels, planExecuted } from '../run/executed-plan.ts';
import type { CellResult } from '../run/results.ts';
import { runCell } from '../run/run-cell.ts';
import { suitesOfCapture } from '../suite/captured-suites.ts';
import { runMachine } from '../suite/run-machine.ts';
import type { Suite } from '../suite/suite.ts';
import { comparedRow, type ValidationRow } from './rows.ts';
import { spreadOf } from './suite-cells.ts';

const MACHINE = 'zen3-milan';
const SERIES = 'rfc-2025-03';
const SEEDS = 4;
const SOURCE =
  'data/captures/stock and data/captures/rfc: Linux 6.12.117 without and with the 24 patches, on an ' +
  'emulated CPU, priced as executed';

/** Cells of one strategy or kernel in a window, by seed. */
type Side = readonly CellResult[];

interface Sides {
  readonly kernelBefore: Side;
  readonly kernelAfter: Side;
  readonly modelBefore: Side;
  readonly modelAfter: Side;
}

const eventsPerTrip = (cell: CellResult, kind: string): number =>
  (cell.events?.[kind] ?? 0) / cell.roundTrips;

function savings(before: Side, after: Side): number[] {
  return before.map((cell, at) => cell.meanNs - after[at]!.meanNs);
}

/**
 * The model's saving with the price of serving flush requests anywhere in its range. Of all prices only
 * this one is the model's alone: what a captured kernel executes instead is in its instructions.
 */
function predictedSaving({ modelBefore, modelAfter }: Sides) {
  const { frequencyGhz, costs } = runMachine(MACHINE);
  const { low, value, high } = costs.flushRequestCycles;
  const nominal = spreadOf(savings(modelBefore, modelAfter));
  const requests = spreadOf(
    modelBefore.map(
      (cell, at) =>
        eventsPerTrip(cell, 'flushRequest') - eventsPerTrip(modelAfter[at]!, 'flushRequest'),
    ),
  ).point;
  const shift = (cycles: number): number => (requests * (cycles - value)) / frequencyGhz.value;
  return { point: nominal.point, low: nominal.low + shift(low), high: nominal.high + shift(high) };
}

const SETUP =
  `Both kernels' captured windows on ${MACHINE}, ${SEEDS} seeds, least and most of them. Modelled: the ` +
  `trips of the stock kernel under ${SERIES} against the baseline`;
const BOUNDS =
  `${SETUP}; bounds: costs.flushRequestCycles anywhere in its range, the only price that the kernel's own ` +
  'answer has no part in.';

const REQUESTS =
  'what the patches take off a trip beside flushes and refill is 61 to 152 instructions of L0, some tens of cycles; ' +
  'the model prices serving flush requests at 60 cycles a transition at least';
const ONE_ITERATION =
  'the window holds one iteration, with the trip in which L1 takes the pages away and asks for a flush; the model ' +
  'repeats the faults alone';
const SHADOWED_TABLES =
  'the model lets only writes to NPT12 trap. Under an L0 with shadow paging the page tables that a shadowing L1 ' +
  'writes are shadowed, too: stock KVM syncs them on each transition, which the model takes out of the trip without ' +
  'putting it back, and the exit that the series saves stays';

/** Why the model is out, where it is known. */
function reasonsOf({ paging, workload }: Suite): {
  readonly saving: string;
  readonly count: string;
} {
  const exit = workload.kind === 'captured-trips' ? workload.reflectedExit : '';
  if (exit === '#PF' && paging.l0 === 'shadow') {
    return { saving: SHADOWED_TABLES, count: SHADOWED_TABLES };
  }
  return { saving: REQUESTS, count: ONE_ITERATION };
}

function rowsOfWindow(suite: Suite, sides: Sides): ValidationRow[] {
  const { kernelBefore, kernelAfter, modelAfter } = sides;
  const shared = {
    topic: 'series',
    kind: 'validation',
    source: SOURCE,
  } as const;
  const reasons = reasonsOf(suite);
  const saved = spreadOf(savings(kernelBefore, kernelAfter));
  const counted = (id: string, quantity: string, of: (cell: CellResult) => number) => {
    const { point, low, high } = spreadOf(kernelAfter.map(of));
    return comparedRow({
      ...shared,
      id: `series-${suite.id}-${id}`,
      quantity: `${quantity} with the series, ${suite.id}`,
      unit: 'count',
      setup: `${SETUP}; bounds: least and most of the seeds.`,
      measured: point,
      measuredInterval: { low, high },
      predicted: spreadOf(modelAfter.map(of)),
      ifOutside: reasons.count,
    });
  };
  return [
    comparedRow({
      ...shared,
      id: `series-${suite.id}-saving`,
      quantity: `saving per round trip, ${suite.id}`,
      unit: 'ns',
      setup: BOUNDS,
      measured: saved.point,
      measuredInterval: { low: saved.low, high: saved.high },
      predicted: predictedSaving(sides),
      ifOutside: reasons.saving,
    }),
    counted('switches', 'world switches per round trip', (cell) =>
      eventsPerTrip(cell, 'worldSwitch'),
    ),
    counted('flushes', 'flushes per round trip', (cell) => cell.hardwareFlushesPerTrip),
  ];
}

/**
 * The series' second answer, which no reading of its patches is in: what the patched kernel saves over the
 * stock one, each priced as it executed, beside what the model says of the stock kernel's trips.
 */
export function seriesRows(): readonly ValidationRow[] {
  const series = strategyById(SERIES);
  if (series === undefined) throw new RangeError(`there is no ${SERIES}`);
  const [stock, rfc] = ['stock', 'rfc'].map((name) => openCapture(dataPath('captures', name)));
  const kernels = capturedKernels([stock!, rfc!]);
  const suites = suitesOfCapture(stock!, []);
  const request = {
    suites,
    machines: [MACHINE],
    strategies: [series],
    seeds: SEEDS,
    jobs: 1,
    command: '',
  };
  const { cells } = planExecuted(request, kernels, true);
  const results = cells.map((cell) => (isExecuted(cell) ? runExecutedCell(cell) : runCell(cell)));
  return suites.flatMap((suite) => {
    const of = (strategy: string): Side =>
      results.filter((cell) => cell.scenario === suite.id && cell.strategy === strategy);
    const sides = {
      kernelBefore: of(kernels[0]!.id),
      kernelAfter: of(kernels[1]!.id),
      modelBefore: of(suite.baseline),
      modelAfter: of(SERIES),
    };
    return sides.kernelAfter.length === 0 ? [] : rowsOfWindow(suite, sides);
  });
}
