import { type Strategy, strategyById, withBehaviour } from '../hypervisor/strategies.ts';
import { plainExitNs } from '../run/price-uncertainty.ts';
import { CALIBRATION_MEASUREMENT } from '../suite/calibration.ts';
import { runMachine } from '../suite/run-machine.ts';
import type { Suite } from '../suite/suite.ts';
import { awaitingRow, comparedRow, type ValidationRow } from './rows.ts';
import { cellsOf, spreadOf, suiteNamed } from './suite-cells.ts';

const NS_PER_SECOND = 1e9;
/** As many as the fit used. */
const SEEDS = 10;
/** No error bars were published; a rate of this kind is taken to be good for so much. */
const ASSUMED_ERROR = 0.03;

interface PublishedPrediction {
  readonly id: string;
  readonly published: string;
  readonly quantity: string;
  readonly unit: '%' | 'per second';
  readonly predicted: { readonly point: number; readonly low: number; readonly high: number };
}

const NPT_SHADOW = 'L0 with NPT, L1 with shadow paging';
const SHADOW_SHADOW = 'L0 and L1 with shadow paging';

/** What docs/evidence/predictions.md published, section by section, before any comparison; never edited. */
const PUBLISHED_PREDICTIONS: readonly PublishedPrediction[] = [
  {
    id: 'npt-shadow-gain',
    published: '2026-11-22',
    quantity: `gain in rate, ${NPT_SHADOW}`,
    unit: '%',
    predicted: { point: 14.8, low: 14.2, high: 15.6 },
  },
  {
    id: 'shadow-shadow-gain',
    published: '2026-11-22',
    quantity: `gain in rate, ${SHADOW_SHADOW}`,
    unit: '%',
    predicted: { point: 11.3, low: 10.2, high: 13.9 },
  },
  {
    id: 'npt-shadow-at-once-gain',
    published: '2026-11-30',
    quantity: `gain in rate, ${NPT_SHADOW}, CPUID updates at once`,
    unit: '%',
    predicted: { point: 9.4, low: 7.4, high: 10.4 },
  },
  {
    id: 'npt-shadow-at-once-after',
    published: '2026-11-30',
    quantity: `CPUIDs after, ${NPT_SHADOW}, CPUID updates at once`,
    unit: 'per second',
    predicted: { point: 174_300, low: 156_900, high: 177_300 },
  },
  {
    id: 'npt-shadow-deferred-gain',
    published: '2026-11-30',
    quantity: `gain in rate, ${NPT_SHADOW}, CPUID updates deferred`,
    unit: '%',
    predicted: { point: 10.7, low: 8.7, high: 11.9 },
  },
  {
    id: 'npt-shadow-deferred-after',
    published: '2026-11-30',
    quantity: `CPUIDs after, ${NPT_SHADOW}, CPUID updates deferred`,
    unit: 'per second',
    predicted: { point: 197_800, low: 195_300, high: 203_700 },
  },
  {
    id: 'shadow-shadow-new-gain',
    published: '2026-11-30',
    quantity: `gain in rate, ${SHADOW_SHADOW}, from trips of that configuration`,
    unit: '%',
    predicted: { point: 5.5, low: 3.3, high: 8.0 },
  },
  {
    id: 'shadow-shadow-new-after',
    published: '2026-11-30',
    quantity: `CPUIDs after, ${SHADOW_SHADOW}, from trips of that configuration`,
    unit: 'per second',
    predicted: { point: 160_400, low: 158_400, high: 165_500 },
  },
];

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
      `${SETUP} Three parameters are fitted to these two numbers and a third. Measured interval: 3 % assumed. ` +
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

/** A CPUID exit of a guest that is not nested: one of the three rates that were fitted to. */
function notNestedRow(): ValidationRow {
  const predicted = plainExitNs(runMachine(CALIBRATION_MEASUREMENT.machine));
  const measured = NS_PER_SECOND / CALIBRATION_MEASUREMENT.plainPerSecond;
  return comparedRow({
    id: 'milan-cpuid-not-nested',
    topic: 'milan',
    kind: 'calibration',
    quantity: 'CPUID exit of a guest that is not nested',
    unit: 'ns',
    source: `${CALIBRATION_MEASUREMENT.plainSource}, 1,360,250 per second`,
    setup:
      'EPYC 7443P. The world switch is fitted to this number, together with the pair. Measured interval: ' +
      '3 % assumed. Modelled: 1,419 captured instructions and one world switch.',
    measured,
    measuredInterval: {
      low: measured * (1 - ASSUMED_ERROR),
      high: measured * (1 + ASSUMED_ERROR),
    },
    predicted: { point: predicted, low: predicted, high: predicted },
    ifOutside: 'the fitted parameters do not belong to this model any more',
  });
}

function predictionRow(prediction: PublishedPrediction): ValidationRow {
  const { id, published, quantity, unit, predicted } = prediction;
  return awaitingRow({
    id: `milan-${id}`,
    topic: 'milan',
    kind: 'validation',
    quantity,
    unit,
    source: `${CALIBRATION_MEASUREMENT.source} measured it; this project has not seen the value`,
    setup: `${SETUP} As docs/evidence/predictions.md published it on ${published}; bounds: what the fit leaves open.`,
    predicted,
  });
}
