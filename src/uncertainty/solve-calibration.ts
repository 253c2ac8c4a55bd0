import type { MachinePreset } from '../hardware/machine-preset.ts';
import { withValues } from '../hardware/presets/with-values.ts';
import { solveLinear } from '../statistics/solve-linear.ts';
import { type ByKind, nanosecondsByKind, pricedMachine, timeOf } from './events.ts';
import { densityOfRange } from './range.ts';
import { SOLVED } from './unknowns.ts';

/**
 * Events of the three measurements: per trip of the calibrated workload before and after, and of an exit
 * of a guest that is not nested.
 */
export interface CalibrationEvents {
  readonly before: ByKind;
  readonly after: ByKind;
  readonly plain: ByKind;
}

export interface CalibrationTimes {
  readonly beforeNs: number;
  readonly afterNs: number;
  readonly plainNs: number;
}

/** The three parameters that give the three times, and how plausible that is. */
export interface Solution {
  readonly cyclesPerInstruction: number;
  readonly exposedWalkShare: number;
  /** Of the world switch, of which it is a part: what VMLOAD and VMSAVE of `measured` leave. */
  readonly vmrunVmexitNanoseconds: number;
  /**
   * Weight of the draw among draws of everything else: the prior density of the three parameters, times
   * how much of their space a small step of the three times covers. 0 outside of their ranges.
   */
  readonly weight: number;
}

/**
 * Solves for the three fitted parameters when all other numbers of the measured machine are given. The
 * times are linear in them, up to the rounding of prices to a millionth of a cycle.
 *
 * Drawing the rest from its ranges and the times from the measurements, solving, and weighting so is
 * importance sampling from "ranges, given the measurements": the change of variables from parameters to
 * times is exact, so no draw is wasted on times that nobody measured.
 */
export function solveCalibration(
  measured: MachinePreset,
  events: CalibrationEvents,
  times: CalibrationTimes,
): Solution {
  const measurements = [events.before, events.after, events.plain];
  const pricedAt = (values: readonly number[]): readonly number[] => {
    const named = new Map(SOLVED.map((path, at) => [path, values[at]!] as const));
    const prices = nanosecondsByKind(pricedMachine(withValues(measured, named)));
    return measurements.map((each) => timeOf(each, prices));
  };
  const none = pricedAt([0, 0, 0]);
  const byUnknown = SOLVED.map((_, unknown) =>
    pricedAt(SOLVED.map((_, at) => (at === unknown ? 1 : 0))),
  );
  const matrix = none.map((without, row) => byUnknown.map((column) => column[row]! - without));
  const wanted = [times.beforeNs, times.afterNs, times.plainNs];
  const { solution, determinant } = solveLinear(
    matrix,
    wanted.map((time, row) => time - none[row]!),
  );
  const [cyclesPerInstruction, exposedWalkShare, vmrunVmexitNanoseconds] = solution;
  const { costs } = measured;
  const density =
    densityOfRange(costs.cyclesPerInstruction, cyclesPerInstruction!) *
    densityOfRange(costs.exposedWalkShare, exposedWalkShare!) *
    densityOfRange(costs.vmrunVmexitNanoseconds, vmrunVmexitNanoseconds!);
  return {
    cyclesPerInstruction: cyclesPerInstruction!,
    exposedWalkShare: exposedWalkShare!,
    vmrunVmexitNanoseconds: vmrunVmexitNanoseconds!,
    weight: density === 0 ? 0 : density / Math.abs(determinant),
  };
}
