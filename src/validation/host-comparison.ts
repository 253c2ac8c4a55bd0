import type { MachinePreset } from '../hardware/machine-preset.ts';
import type { Estimate, Knee } from '../probe/estimate.ts';
import type { Probe } from '../probe/probe.ts';
import { type CurveStep, findSteps } from '../statistics/steps.ts';
import { type PredictedPoint, predictedCurve } from './predicted-curve.ts';

/** One line of the comparison of a probe with a preset, both in the same unit. */
export interface HostQuantity {
  readonly id: 'first-reach' | 'first-cost' | 'second-reach' | 'miss-near' | 'miss-far';
  readonly what: string;
  readonly unit: 'pages' | 'cycles';
  /** Null where the probe saw no clear step. */
  readonly measured: Estimate | null;
  readonly predicted: Estimate | null;
}

/** A probed host beside the model of the machine that it is nearest to. */
export interface HostComparison {
  readonly machine: string;
  readonly curve: readonly PredictedPoint[];
  readonly quantities: readonly HostQuantity[];
}

/** The rise that makes a step, as for measured curves. */
const STEP_CYCLES = 2;
/** Footprints at which the cost of missing every level is read: this often the second-level reach. */
const NEAR = 2;
const FAR = 8;

/** Runs the model of a machine over the probe's footprints and reads both curves in one way. */
export function compareHost(probe: Probe, preset: MachinePreset): HostComparison {
  const pages = probe.estimates.curve.map((point) => point.pages);
  const curve = predictedCurve(preset, pages, probe.host.isVirtualMachine === true);
  const points = curve.map((point) => point.translationCycles.point);
  const [first, second] = findSteps(pages, points, STEP_CYCLES);
  const [firstKnee, secondKnee] = probe.estimates.knees.filter((knee) => knee.isClear);
  const reach = secondKnee?.reachPages.point ?? null;
  return {
    machine: preset.id,
    curve,
    quantities: [
      reachQuantity('first-reach', 'first-level reach', firstKnee, first, pages),
      {
        id: 'first-cost',
        what: 'first-level miss, second-level hit',
        unit: 'cycles',
        measured: firstKnee?.rise ? inCycles(firstKnee.rise, probe) : null,
        predicted: first === undefined ? null : afterFirst(first, curve),
      },
      reachQuantity('second-reach', 'second-level reach', secondKnee, second, pages),
      costQuantity('miss-near', NEAR, reach, probe, curve),
      costQuantity('miss-far', FAR, reach, probe, curve),
    ],
  };
}

/** Host time in cycles of the clock that the probe measured; interval by interval. */
function inCycles({ point, low, high }: Estimate, probe: Probe): Estimate {
  const ghz = probe.estimates.clockGhz;
  return { point: point * ghz.point, low: low * ghz.low, high: high * ghz.high };
}

function reachQuantity(
  id: HostQuantity['id'],
  what: string,
  knee: Knee | undefined,
  step: CurveStep | undefined,
  pages: readonly number[],
): HostQuantity {
  const predicted =
    step === undefined
      ? null
      : {
          point: pages[step.lastFlat]!,
          low: pages[step.lastFlat]!,
          high: pages[step.firstRaised]! - 1,
        };
  return { id, what, unit: 'pages', measured: knee?.reachPages ?? null, predicted };
}

function afterFirst(step: CurveStep, curve: readonly PredictedPoint[]): Estimate {
  return curve[step.firstRaised]!.translationCycles;
}

function costQuantity(
  id: HostQuantity['id'],
  times: number,
  reach: number | null,
  probe: Probe,
  curve: readonly PredictedPoint[],
): HostQuantity {
  const at = reach === null ? -1 : curve.findIndex((point) => point.pages >= times * reach);
  const where = at < 0 ? `${times} times that reach` : `${curve[at]!.pages} pages`;
  return {
    id,
    what: `translation at ${where}`,
    unit: 'cycles',
    measured: at < 0 ? null : inCycles(probe.estimates.curve[at]!.translation, probe),
    predicted: at < 0 ? null : curve[at]!.translationCycles,
  };
}
