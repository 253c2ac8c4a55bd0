import { findSteps } from '../statistics/steps.ts';
import { runMachine } from '../suite/run-machine.ts';
import { type PredictedPoint, predictedCurve } from './predicted-curve.ts';
import { PUBLISHED_CURVES, type PublishedCurve } from './published-curves.ts';
import { comparedRow, type ValidationRow } from './rows.ts';

const KIB_PER_PAGE = 4;
const LINES_PER_KIB = 16;
/** Published clocks are whole: each is off by up to a half, a difference of two by up to one. */
const ROUNDING_CLOCKS = 1;
const STEP_CYCLES = 2;
/** Footprints of the published grid around both reaches; the model runs at the same ones. */
const PAGES = [32, 48, 64, 96, 128, 192, 256, 512, 1024, 1536, 2048, 3072, 4096];
/** The footprint from which presets of measured parts take their walk latency. */
const SOURCE_PAGES = 16_384;
/** Of the published curve, in pages. */
const LAST_PAGES = 65_536;

const BOUNDS =
  'Modelled: the same chase natively, walks exposed in full; bounds are the ends of what the ' +
  'parameters of walks and caches could be.';

/** What of the published curves is about TLBs: first-level reach and step, and the cost of walks. */
export function curveRows(): readonly ValidationRow[] {
  return PUBLISHED_CURVES.flatMap((curve) => {
    const far = curve.lineStride.map(([kibibytes]) => kibibytes * LINES_PER_KIB);
    const pages = [...PAGES, ...far];
    const predicted = predictedCurve(runMachine(curve.machine), pages, false);
    return [
      reachRow(curve, predicted),
      stepRow(curve, predicted),
      ...far.map((each) => farRow(curve, predicted, each)),
      ...secondReachRow(curve, predicted),
    ];
  });
}

const pagesOf = (kibibytes: number): number => kibibytes / KIB_PER_PAGE;

/** Published sizes below the footprint at which data caches show. */
function cleanPart({ pageStride, cacheLimit }: PublishedCurve) {
  const clean = pageStride.filter(([kibibytes]) => pagesOf(kibibytes) < cacheLimit.pages);
  return {
    pages: clean.map(([kibibytes]) => pagesOf(kibibytes)),
    clocks: clean.map(([, clocks]) => clocks),
  };
}

function firstStep(curve: PublishedCurve) {
  const { pages, clocks } = cleanPart(curve);
  const [step] = findSteps(pages, clocks, STEP_CYCLES);
  if (step === undefined) throw new RangeError(`the curve of ${curve.part} has no step`);
  return {
    low: pages[step.lastFlat]!,
    high: pages[step.firstRaised]! - 1,
    rise: clocks[step.firstRaised]! - step.before,
  };
}

function modelledStep(predicted: readonly PredictedPoint[], index: number) {
  const pages = predicted.map((point) => point.pages);
  const points = predicted.map((point) => point.translationCycles.point);
  const step = findSteps(pages, points, STEP_CYCLES)[index];
  return step === undefined
    ? null
    : { low: pages[step.lastFlat]!, high: pages[step.firstRaised]! - 1, at: step.firstRaised };
}

function reachRow(curve: PublishedCurve, predicted: readonly PredictedPoint[]): ValidationRow {
  const measured = firstStep(curve);
  const modelled = modelledStep(predicted, 0);
  if (modelled === null) throw new RangeError(`the model of ${curve.machine} has no step`);
  return comparedRow({
    id: `curve-${curve.machine}-first-reach`,
    topic: 'curves',
    kind: 'validation',
    quantity: `first-level reach of ${curve.part}`,
    unit: 'pages',
    source: curve.source,
    setup: `From the last flat footprint of the published grid to just below the first raised one. ${BOUNDS}`,
    measured: measured.low,
    measuredInterval: { low: measured.low, high: measured.high },
    predicted: { point: modelled.low, low: modelled.low, high: modelled.high },
    ifOutside: 'the entries come from CPUID, so the published part may be another one',
  });
}

function stepRow(curve: PublishedCurve, predicted: readonly PredictedPoint[]): ValidationRow {
  const { rise } = firstStep(curve);
  const { translationCycles } = predicted[modelledStep(predicted, 0)!.at]!;
  return comparedRow({
    id: `curve-${curve.machine}-step`,
    topic: 'curves',
    kind: 'calibration',
    quantity: `second-level hit of ${curve.part}`,
    unit: 'cycles',
    source: curve.source,
    setup: `Rise of the curve past the first level. The preset takes its range from this curve. ${BOUNDS}`,
    measured: rise,
    measuredInterval: { low: rise - ROUNDING_CLOCKS, high: rise + ROUNDING_CLOCKS },
    predicted: translationCycles,
    ifOutside: 'the preset has another source for its range',
  });
}

/** The published curve rises for its data caches too, so it bounds the reach from below only. */
function secondReachRow(
  curve: PublishedCurve,
  predicted: readonly PredictedPoint[],
): readonly ValidationRow[] {
  const modelled = modelledStep(predicted, 1);
  const { pages } = cleanPart(curve);
  const flat = pages.at(-1)!;
  if (modelled === null || flat < 512) return [];
  return [
    comparedRow({
      id: `curve-${curve.machine}-second-reach`,
      topic: 'curves',
      kind: 'validation',
      quantity: `second-level reach of ${curve.part}, at least`,
      unit: 'pages',
      source: curve.source,
      setup: `Flat up to here; beyond, ${curve.cacheLimit.why}, so the knee itself can't be told. ${BOUNDS}`,
      measured: flat,
      measuredInterval: { low: flat, high: LAST_PAGES },
      predicted: { point: modelled.low, low: modelled.low, high: modelled.high },
      ifOutside: 'the modelled second level is smaller than the flat part of the curve',
    }),
  ];
}

function farRow(
  curve: PublishedCurve,
  predicted: readonly PredictedPoint[],
  pages: number,
): ValidationRow {
  const find = (rows: PublishedCurve['pageStride'], kibibytes: number) =>
    rows.find(([size]) => size === kibibytes)?.[1] ?? Number.NaN;
  const spread = find(curve.pageStride, pages * KIB_PER_PAGE);
  const packed = find(curve.lineStride, pages / LINES_PER_KIB);
  const { translationCycles } = predicted.find((point) => point.pages === pages)!;
  // The packed lines lie in a 64th of the pages: more than the first level holds, never the second.
  const packedTranslation = predicted.find((point) => point.pages === 128)!.translationCycles;
  const measured = spread - packed;
  const isSource = pages === SOURCE_PAGES;
  return comparedRow({
    id: `curve-${curve.machine}-walk-${pages}`,
    topic: 'curves',
    kind: isSource ? 'calibration' : 'validation',
    quantity: `walk less second-level hit of ${curve.part} at ${pages} pages`,
    unit: 'cycles',
    source: curve.source,
    setup: `One load on each page less the same number of lines side by side, both from L3.${isSource ? ' The preset takes its walk latency from this footprint.' : ''} ${BOUNDS}`,
    measured,
    measuredInterval: { low: measured - ROUNDING_CLOCKS, high: measured + ROUNDING_CLOCKS },
    predicted: {
      point: translationCycles.point - packedTranslation.point,
      low: Math.max(0, translationCycles.low - packedTranslation.high),
      high: translationCycles.high - packedTranslation.low,
    },
    ifOutside:
      'page tables and data share the caches on hardware; the model gives page tables a fixed part',
  });
}
