import { CALIBRATION_MEASUREMENT } from '../experiment/calibration.ts';
import { runMachine } from '../experiment/run-machine.ts';
import type { Suite } from '../experiment/suite.ts';
import { type Strategy, strategyById, withBehaviour } from '../hypervisor/strategies.ts';
import { awaitingRow, comparedRow, type ValidationRow } from './rows.ts';
import { cellsOf, spreadOf, suiteNamed } from './suite-cells.ts';

const NS_PER_SECOND = 1e9;
/** As many as the fit used. */
const SEEDS = 10;
/** No error bars were published; a rate of this kind is taken to be good for so much. */
const ASSUMED_ERROR = 0.03;

/** What PREDICTIONS.md published on 2026-11-22, before any comparison; never edited. */
const PUBLISHED_PREDICTIONS = [
  {
    id: 'npt-shadow',
    paging: 'L0 with NPT, L1 with shadow paging',
    beforePerSecond: 250_800,
    afterPerSecond: 288_000,
    gainPercent: { point: 14.8, low: 14.2, high: 15.6 },
  },
  {
    id: 'shadow-shadow',
    paging: 'L0 and L1 with shadow paging',
    beforePerSecond: 258_700,
    afterPerSecond: 288_000,
    gainPercent: { point: 11.3, low: 10.2, high: 13.9 },
  },
] as const;

const SETUP =
  'AMD Milan, L1 and L2 with one vCPU each, all on one pCPU; cpuid_rate in L2, before and after the ' +
  'flush on each nested transition is gone.';

/** The published rates on Milan: what was fitted to, what informed a prior, and what is predicted. */
export function milanRows(suites: readonly Suite[]): readonly ValidationRow[] {
  const suite = suiteNamed(suites, CALIBRATION_MEASUREMENT.suite);
  const after = named('rfc-2025-03');
  const before = withBehaviour(after, 'nestedTransition', 'flush-and-sync');
  if (before === undefined) throw new RangeError('nestedTransition has no flush-and-sync');
  return [
    rateRow('before', suite, before, CALIBRATION_MEASUREMENT.beforePerSecond),
    rateRow('after', suite, after, CALIBRATION_MEASUREMENT.afterPerSecond),
    notNestedRow(),
    ...PUBLISHED_PREDICTIONS.map(predictionRow),
  ];
}

function named(id: string): Strategy {
  const found = strategyById(id);
  if (found === undefined) throw new RangeError(`there is no strategy ${id}`);
  return found;
}

function rateRow(
  column: 'before' | 'after',
  suite: Suite,
  strategy: Strategy,
  perSecond: number,
): ValidationRow {
  const measured = NS_PER_SECOND / perSecond;
  const cells = cellsOf(suite, CALIBRATION_MEASUREMENT.machine, strategy, SEEDS);
  return comparedRow({
    id: `milan-npt-npt-${column}`,
    topic: 'milan',
    kind: 'calibration',
    quantity: `CPUID round trip, NPT in L0 and L1, ${column}`,
    unit: 'ns',
    source: CALIBRATION_MEASUREMENT.source,
    setup:
      `${SETUP} Two parameters are fitted to these two numbers. Measured interval: 3 % assumed. ` +
      'Modelled: least and most of ten seeds.',
    measured,
    measuredInterval: {
      low: measured * (1 - ASSUMED_ERROR),
      high: measured * (1 + ASSUMED_ERROR),
    },
    predicted: spreadOf(cells.map((cell) => cell.meanNs)),
    ifOutside: 'the fitted parameters do not belong to this model any more',
  });
}

/** A CPUID exit of a guest that is not nested: the prior of cycles per instruction rests on it. */
function notNestedRow(): ValidationRow {
  const { costs, frequencyGhz } = runMachine(CALIBRATION_MEASUREMENT.machine);
  const instructions = 1419;
  const worldSwitch = costs.vmrunVmexitNanoseconds.value + costs.vmloadVmsaveNanoseconds.value;
  const at = (perInstruction: number, rest: number) =>
    (perInstruction * instructions) / frequencyGhz.value + rest;
  const { value, low, high } = costs.cyclesPerInstruction;
  return comparedRow({
    id: 'milan-cpuid-not-nested',
    topic: 'milan',
    kind: 'calibration',
    quantity: 'CPUID exit of a guest that is not nested',
    unit: 'ns',
    source: 'LKML 20231109180646.2963718-1-khorenko@virtuozzo.com, 1,360,250 per second',
    setup:
      'EPYC 7443P. The prior of cycles per instruction comes from this number. Modelled: 1,419 captured ' +
      'instructions and one world switch; bounds are the ends of cycles per instruction.',
    measured: NS_PER_SECOND / 1_360_250,
    measuredInterval: null,
    predicted: {
      point: at(value, worldSwitch),
      low: at(low, worldSwitch),
      high: at(high, worldSwitch),
    },
    ifOutside: 'the fit of cycles per instruction contradicts its own prior',
  });
}

function predictionRow(prediction: (typeof PUBLISHED_PREDICTIONS)[number]): ValidationRow {
  const rates =
    `${prediction.beforePerSecond.toLocaleString('en-US')} to ` +
    `${prediction.afterPerSecond.toLocaleString('en-US')} CPUIDs per second`;
  return awaitingRow({
    id: `milan-${prediction.id}-gain`,
    topic: 'milan',
    kind: 'validation',
    quantity: `gain in rate, ${prediction.paging}`,
    unit: '%',
    source: `${CALIBRATION_MEASUREMENT.source} measured it; this project has not seen the value`,
    setup: `${SETUP} As published in PREDICTIONS.md on 2026-11-22: ${rates}; bounds: what the fit leaves open.`,
    predicted: prediction.gainPercent,
  });
}
