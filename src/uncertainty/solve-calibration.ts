import type { MachinePreset } from '../hardware/machine-preset.ts';
import { type ByKind, nanosecondsByKind, pricedMachine, timeOf } from './events.ts';
import { densityOfRange } from './range.ts';

/** Events per trip of the calibrated workload on the measured machine, before and after. */
export interface CalibrationEvents {
  readonly before: ByKind;
  readonly after: ByKind;
}

export interface CalibrationTimes {
  readonly beforeNs: number;
  readonly afterNs: number;
}

/** The two parameters that give the two times, and how plausible that is. */
export interface Solution {
  readonly cyclesPerInstruction: number;
  readonly exposedWalkShare: number;
  /**
   * Weight of the draw among draws of everything else: the prior density of the two parameters, times
   * how much of their plane a small step of the two times covers. 0 outside of their ranges.
   */
  readonly weight: number;
}

/**
 * Solves for the two fitted parameters when all other numbers of the measured machine are given. Both
 * times are linear in both, up to the rounding of prices to a millionth of a cycle.
 *
 * Drawing the rest from its ranges and the times from the measurement, solving, and weighting so is
 * importance sampling from "ranges, given the measurement": the change of variables from parameters to
 * times is exact, so no draw is wasted on times that nobody measured.
 */
export function solveCalibration(
  measured: MachinePreset,
  events: CalibrationEvents,
  times: CalibrationTimes,
): Solution {
  const { costs } = measured;
  const priced = (perInstruction: number, share: number) => {
    const cyclesPerInstruction = { ...costs.cyclesPerInstruction, value: perInstruction };
    const exposedWalkShare = { ...costs.exposedWalkShare, value: share };
    const machine = { ...measured, costs: { ...costs, cyclesPerInstruction, exposedWalkShare } };
    const prices = nanosecondsByKind(pricedMachine(machine));
    return { before: timeOf(events.before, prices), after: timeOf(events.after, prices) };
  };
  const none = priced(0, 0);
  const byInstruction = priced(1, 0);
  const byWalk = priced(0, 1);
  const a = byInstruction.before - none.before;
  const b = byWalk.before - none.before;
  const c = byInstruction.after - none.after;
  const d = byWalk.after - none.after;
  const determinant = a * d - b * c;
  const before = times.beforeNs - none.before;
  const after = times.afterNs - none.after;
  const cyclesPerInstruction = (before * d - b * after) / determinant;
  const exposedWalkShare = (a * after - c * before) / determinant;
  const density =
    densityOfRange(costs.cyclesPerInstruction, cyclesPerInstruction) *
    densityOfRange(costs.exposedWalkShare, exposedWalkShare);
  const weight = density === 0 ? 0 : density / Math.abs(determinant);
  return { cyclesPerInstruction, exposedWalkShare, weight };
}
