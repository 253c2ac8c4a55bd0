import type { MachinePreset } from '../hardware/machine-preset.ts';
import { listParameters } from '../hardware/presets/list-parameters.ts';
import { withValues } from '../hardware/presets/with-values.ts';
import { withProgramPrice } from '../workloads/program.ts';
import { type ByKind, nanosecondsByKind, pricedMachine, timeOf } from './events.ts';
import { quantileOfRange, type Range } from './range.ts';
import { type CalibrationEvents, solveCalibration } from './solve-calibration.ts';
import { MEASUREMENTS, PROGRAM_PRICE, SOLVED, type Unknown } from './unknowns.ts';

/** Values by path; a path that is missing has its nominal. */
export type Values = ReadonlyMap<string, number>;

/** Events per trip of the two sides of a comparison. */
export interface SideEvents {
  readonly before: ByKind;
  readonly after: ByKind;
}

/** Everything that an answer is computed from when numbers change. */
export interface AnswerModel {
  /** In the order of the coordinates of a draw. */
  readonly unknowns: readonly Unknown[];
  /** The machines of the question and of the measurement, both as their sources have them. */
  readonly machine: MachinePreset;
  readonly measured: MachinePreset;
  /** Rates of the calibration measurements. */
  readonly published: {
    readonly beforePerSecond: number;
    readonly afterPerSecond: number;
    readonly plainPerSecond: number;
  };
  /** Events at other sizes and another workload. */
  readonly events: (values: Values) => SideEvents;
  readonly calibrationEvents: (values: Values) => CalibrationEvents;
  /** User code of a program in L2 has a price of its own. */
  readonly isProgram: boolean;
}

/** Prices of one draw, and what they were made of. */
export interface PricedDraw {
  readonly values: Values;
  readonly prices: ByKind;
  /** Importance weight, see `Solution`; 0 where no fit lies inside the ranges. */
  readonly weight: number;
}

export interface Times {
  readonly beforeNs: number;
  readonly afterNs: number;
}

const NS_PER_SECOND = 1e9;
const VMLOAD_VMSAVE = 'costs.vmloadVmsaveNanoseconds';

/** Nanoseconds of VMRUN, #VMEXIT, VMLOAD and VMSAVE: only their sum is ever priced. */
function worldSwitchOf({ costs }: MachinePreset): number {
  return costs.vmrunVmexitNanoseconds.value + costs.vmloadVmsaveNanoseconds.value;
}

type Ranges = readonly Range[];

/**
 * The unknowns' ranges on a machine: its own where it has the parameter. What two machines both have is
 * one unknown: where it is high for one it is high for the other.
 */
function rangesOn(preset: MachinePreset, unknowns: readonly Unknown[]): Ranges {
  const own = new Map(listParameters(preset).map(({ path, parameter }) => [path, parameter]));
  return unknowns.map((unknown) => own.get(unknown.path) ?? unknown);
}

function valuesOf(unknowns: readonly Unknown[], ranges: Ranges, u: Float64Array) {
  return new Map(unknowns.map(({ path }, i) => [path, quantileOfRange(ranges[i]!, u[i]!)]));
}

/**
 * Turns coordinates in [0, 1) into prices: the unknowns at their quantiles, and the three fitted parameters
 * solved from the measurements. Where they leave their ranges the weight is 0.
 */
export function drawPricer(model: AnswerModel): (u: Float64Array) => PricedDraw {
  const { unknowns, machine, measured } = model;
  const ranges = rangesOn(machine, unknowns);
  const measuredRanges = rangesOn(measured, unknowns);
  const [instruction, walk, vmrun] = SOLVED;
  return (u) => {
    const values = valuesOf(unknowns, ranges, u);
    const measuredValues = valuesOf(unknowns, measuredRanges, u);
    const rate = (path: string, published: number) => published * (values.get(path) ?? 1);
    const { beforePerSecond, afterPerSecond, plainPerSecond } = model.published;
    const solution = solveCalibration(
      withValues(measured, measuredValues),
      model.calibrationEvents(measuredValues),
      {
        beforeNs: NS_PER_SECOND / rate(MEASUREMENTS.before, beforePerSecond),
        afterNs: NS_PER_SECOND / rate(MEASUREMENTS.after, afterPerSecond),
        plainNs: NS_PER_SECOND / rate(MEASUREMENTS.plain, plainPerSecond),
      },
    );
    // Other machines take over by how much kernel code and the world switch are off their priors.
    const scale = solution.cyclesPerInstruction / measured.costs.cyclesPerInstruction.value;
    values.set(instruction, machine.costs.cyclesPerInstruction.value * scale);
    values.set(walk, solution.exposedWalkShare);
    const drawn = (named: Values, preset: MachinePreset) =>
      named.get(VMLOAD_VMSAVE) ?? preset.costs.vmloadVmsaveNanoseconds.value;
    const worldSwitch = solution.vmrunVmexitNanoseconds + drawn(measuredValues, measured);
    const own = (worldSwitch / worldSwitchOf(measured)) * worldSwitchOf(machine);
    values.set(vmrun, own - drawn(values, machine));
    const kernel = pricedMachine(withValues(machine, values));
    const priced = model.isProgram ? withProgramPrice(kernel, values.get(PROGRAM_PRICE)) : kernel;
    return { values, prices: nanosecondsByKind(priced), weight: solution.weight };
  };
}

/** Times of both sides at some prices, with the events that go with the draw's sizes and workload. */
export function timesOf(events: SideEvents, prices: ByKind): Times {
  return { beforeNs: timeOf(events.before, prices), afterNs: timeOf(events.after, prices) };
}
