/**
 * Predictions for the published configurations that nothing was fitted to, on both kernels that the
 * rates may have been measured on: `npm run make -- predictions`. Points are at the fitted prices. Ranges are the
 * middle 95 % of draws of everything that has a range, prices and sizes, each with the fit solved again
 * and weighted by the priors (docs/why/methodology.md, "What the numbers of the model could be").
 */

import {
  CALIBRATION_SEEDS,
  calibratedCase,
  measuredMachine,
  withSeeds,
} from '../src/calibrate/fit-calibration.ts';
import { KIND } from '../src/cost/ledger.ts';
import { runCell } from '../src/run/run-cell.ts';
import { runPrices } from '../src/sensitivity/analyse.ts';
import { CellPlan, meanOfSeeds } from '../src/sensitivity/design.ts';
import { planQuestion } from '../src/sensitivity/question.ts';
import { weightedQuantiles } from '../src/statistics/weighted-quantile.ts';
import { loadSuites } from '../src/suite/load-suite.ts';
import type { Suite } from '../src/suite/suite.ts';
import { type PricedDraw, type SideEvents, timesOf } from '../src/uncertainty/answer-model.ts';
import { drawPrices } from '../src/uncertainty/answer-uncertainty.ts';
import type { Unknown } from '../src/uncertainty/unknowns.ts';
import { prngFor } from '../src/util/prng.ts';
import {
  CPUID_UPDATE_INSTRUCTIONS,
  CPUID_UPDATES_PER_TRIP,
  type KernelId,
} from '../src/workloads/kernel-exits.ts';

interface Row {
  readonly suite: string;
  readonly kernel: KernelId;
  /** Its trips hold CPUID updates, which take longer where the VMM sets more entries than kvmtool. */
  readonly hasUpdates: boolean;
}

const ROWS: readonly Row[] = [
  { suite: 'cpuid-npt-npt', kernel: 'linux-6.14-2025-02', hasUpdates: false },
  { suite: 'cpuid-npt-shadow', kernel: 'linux-6.14-2025-02', hasUpdates: true },
  { suite: 'cpuid-npt-shadow', kernel: 'linux-6.14-2025-02-deferred', hasUpdates: false },
  { suite: 'cpuid-shadow-shadow', kernel: 'linux-6.14-2025-02', hasUpdates: false },
];

const NS_PER_SECOND = 1e9;
const SEED = 1;
const ENDS = [0.025, 0.975] as const;
/** A VMM that sets twice as many entries as kvmtool is as far as this goes. */
const CPUID_UPDATE: Unknown = {
  path: 'workload.cpuidUpdateInstructions',
  kind: 'workload',
  low: 900,
  value: CPUID_UPDATE_INSTRUCTIONS,
  high: 2 * CPUID_UPDATE_INSTRUCTIONS,
  unit: 'instructions',
  confidence: 'assumed',
};

const suites = loadSuites('suites/headline').map((suite) => withSeeds(suite, CALIBRATION_SEEDS));
const { before, after } = calibratedCase(suites);

/** Events with as many instructions of updates as a draw has. */
function withUpdates({ before, after }: SideEvents, { values }: PricedDraw): SideEvents {
  const each = values.get(CPUID_UPDATE.path) ?? CPUID_UPDATE_INSTRUCTIONS;
  const more = CPUID_UPDATES_PER_TRIP * (each - CPUID_UPDATE_INSTRUCTIONS);
  const changed = (events: Float64Array) => {
    const copy = events.slice();
    copy[KIND.l0Instruction]! += more;
    return copy;
  };
  return { before: changed(before), after: changed(after) };
}

interface Times {
  readonly beforeNs: number;
  readonly afterNs: number;
}

const QUANTITIES: readonly (readonly [name: string, decimals: number, of: (t: Times) => number])[] =
  [
    ['before, CPUID/s', 0, ({ beforeNs }) => NS_PER_SECOND / beforeNs],
    ['after, CPUID/s', 0, ({ afterNs }) => NS_PER_SECOND / afterNs],
    ['before, ns', 0, ({ beforeNs }) => beforeNs],
    ['after, ns', 0, ({ afterNs }) => afterNs],
    ['gain in rate, %', 1, ({ beforeNs, afterNs }) => (beforeNs / afterNs - 1) * 100],
    ['saving, ns', 0, ({ beforeNs, afterNs }) => beforeNs - afterNs],
  ];

function predict({ suite: id, kernel, hasUpdates }: Row): void {
  const suite: Suite = { ...suites.find((each) => each.id === id)!, kernel };
  const plan = new CellPlan();
  const question = planQuestion(
    plan,
    { suite, machine: measuredMachine() },
    { before, after },
    suites,
  );
  const { model, seeds } = question.model(plan.cells.map(runCell));
  const unknowns = hasUpdates ? [...model.unknowns, CPUID_UPDATE] : model.unknowns;
  const draws = drawPrices({ ...model, unknowns }, prngFor(SEED, 'draws of predictions'));
  const plausible = draws.filter(({ weight }) => weight > 0);
  const nominal = timesOf(meanOfSeeds(seeds), runPrices(model));
  const drawn = plausible.map((draw) => ({
    weight: draw.weight,
    times: timesOf(withUpdates(model.events(draw.values), draw), draw.prices),
  }));
  process.stdout.write(`${id}, ${kernel}: ${plausible.length} of ${draws.length} draws count\n`);
  for (const [name, decimals, of] of QUANTITIES) {
    const values = drawn.map(({ weight, times }) => ({ weight, value: of(times) }));
    const [low, high] = weightedQuantiles(values, ENDS);
    const [point, from, to] = [of(nominal), low!, high!].map((value) => value.toFixed(decimals));
    process.stdout.write(`  ${name.padEnd(16)} ${point} (${from} to ${to})\n`);
  }
}

for (const row of ROWS) predict(row);
