import { machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import { machineById } from '../hardware/presets/index.ts';
import { type Strategy, strategyById, withBehaviour } from '../hypervisor/strategies.ts';
import type { CellResult } from '../run/results.ts';
import { runCell } from '../run/run-cell.ts';
import { CALIBRATION_MEASUREMENT } from '../suite/calibration.ts';
import type { Suite } from '../suite/suite.ts';
import { eventsByKind } from '../uncertainty/events.ts';
import { solveCalibration } from '../uncertainty/solve-calibration.ts';
import { type Nanoseconds, nanoseconds } from '../units/quantity.ts';
import { capturedL0Exits } from '../workloads/captures.ts';

export interface FittedParameters {
  readonly cyclesPerInstruction: number;
  readonly exposedWalkShare: number;
  /** VMRUN, #VMEXIT, VMLOAD and VMSAVE; absent: the preset's. */
  readonly worldSwitchNanoseconds?: number;
}

const NS_PER_SECOND = 1e9;
/** Decimals of the fitted values: finer than the measurement can tell. */
const ROUNDING = 10_000;
const ROUNDING_NS = 10;

/** The machine of the measurement, as its preset has it. */
export function measuredMachine(): MachinePreset {
  const preset = machineById(CALIBRATION_MEASUREMENT.machine);
  if (preset === undefined)
    throw new RangeError('the calibration names a machine that is not there');
  return preset;
}

export function withParameters(preset: MachinePreset, values: FittedParameters): MachinePreset {
  const { costs } = preset;
  const { vmrunVmexitNanoseconds: vmrun, vmloadVmsaveNanoseconds: vmload } = costs;
  const worldSwitch = vmrun.value + vmload.value;
  const ratio = (values.worldSwitchNanoseconds ?? worldSwitch) / worldSwitch;
  return {
    ...preset,
    costs: {
      ...costs,
      vmrunVmexitNanoseconds: { ...vmrun, value: vmrun.value * ratio },
      vmloadVmsaveNanoseconds: { ...vmload, value: vmload.value * ratio },
      cyclesPerInstruction: {
        ...costs.cyclesPerInstruction,
        value: values.cyclesPerInstruction,
      },
      exposedWalkShare: { ...costs.exposedWalkShare, value: values.exposedWalkShare },
    },
  };
}

/**
 * Seeds that the fit, and every prediction from it, rests on. They stay what they were when the
 * predictions were published, whatever number of seeds a report has.
 */
export const CALIBRATION_SEEDS = 10;

export function withSeeds(suite: Suite, count: number): Suite {
  return { ...suite, seeds: { ...suite.seeds, count } };
}

/** Mean time of a round trip over the suite's seeds. */
export function meanNs(suite: Suite, preset: MachinePreset, strategy: Strategy): Nanoseconds {
  return nanoseconds(meanOver(suite, preset, strategy, (cell) => cell.meanNs));
}

/** Mean of a number of each seed's cell. */
export function meanOver(
  suite: Suite,
  preset: MachinePreset,
  strategy: Strategy,
  value: (cell: CellResult) => number,
): number {
  const config = machineConfig(preset);
  const { first, count } = suite.seeds;
  let sum = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const cell = { cellId: 'fit', suite, machineId: preset.id, config, strategy, seed };
    sum += value(runCell(cell));
  }
  return sum / count;
}

/** What was measured: the suite, and KVM before and after. */
export function calibratedCase(suites: readonly Suite[]) {
  const suite = suites.find(({ id }) => id === CALIBRATION_MEASUREMENT.suite);
  const after = strategyById('rfc-2025-03');
  // Both published columns have a separate ASID for L2; they differ in the unconditional flush alone.
  const before = after && withBehaviour(after, 'nestedTransition', 'flush-and-sync');
  if (suite === undefined || !before || !after) {
    throw new RangeError('the calibration names a suite or strategy that is not there');
  }
  return { suite, before, after };
}

/** Window of the captured CPUID exits of a guest that is not nested. */
const PLAIN_WINDOW = 'l0flat.cpuid';

/** What the flat guest executes between two of them. */
const PLAIN_GUEST_INSTRUCTIONS = 21;

/** One CPUID exit of a guest that is not nested: the captured median. */
function plainEvents() {
  const lengths = capturedL0Exits(PLAIN_WINDOW, 'CPUID', 'L1')
    .steps.map(({ instructions }) => instructions)
    .sort((a, b) => a - b);
  const l0Instruction = lengths[Math.floor(lengths.length / 2)]!;
  return { l0Instruction, l1Instruction: PLAIN_GUEST_INSTRUCTIONS, worldSwitch: 1 };
}

/**
 * Events of the measured cases: before and after, summed over the suite's seeds and their trips; and
 * of one plain exit.
 */
export function calibrationEvents(
  suites: readonly Suite[],
  preset: MachinePreset = measuredMachine(),
) {
  const { suite, before, after } = calibratedCase(suites);
  const config = machineConfig(preset);
  const count = (strategy: Strategy) => {
    const sums: Record<string, number> = {};
    const { first, count } = suite.seeds;
    for (let seed = first; seed < first + count; seed += 1) {
      const cell = { cellId: 'events', suite, machineId: preset.id, config, strategy, seed };
      for (const [kind, events] of Object.entries(runCell(cell).events ?? {})) {
        sums[kind] = (sums[kind] ?? 0) + events;
      }
    }
    return sums;
  };
  return {
    roundTrips: suite.seeds.count * suite.trips.measured,
    before: count(before),
    after: count(after),
    plain: plainEvents(),
  };
}

/** Times of a round trip in the two measured cases, in nanoseconds. */
export interface WantedTimes {
  readonly before: number;
  readonly after: number;
}

/** Parameters that give two times, and those that would give others close to them. */
export interface TimesFit {
  readonly values: FittedParameters;
  readonly valuesFor: (wanted: WantedTimes) => FittedParameters;
}

/**
 * Solves for the two parameters that give two times of a suite. Both times are linear in both
 * parameters up to the rounding of prices, so two steps of Newton's method from the preset's do.
 * The suite is run with its own number of seeds, see `CALIBRATION_SEEDS`.
 */
export function fitTimes(
  measured: { readonly suite: Suite; readonly before: Strategy; readonly after: Strategy },
  preset: MachinePreset,
  wanted: WantedTimes,
): TimesFit {
  const { suite, before, after } = measured;
  const measure = (values: FittedParameters) => {
    const machine = withParameters(preset, values);
    const afterNs = meanNs(suite, machine, after);
    return { afterNs, savingNs: meanNs(suite, machine, before) - afterNs };
  };
  let values: FittedParameters = {
    cyclesPerInstruction: preset.costs.cyclesPerInstruction.value,
    exposedWalkShare: preset.costs.exposedWalkShare.value,
  };
  const step = 0.05;
  const from = (start: FittedParameters) => {
    const here = measure(start);
    const faster = measure({ ...start, cyclesPerInstruction: start.cyclesPerInstruction + step });
    const longer = measure({ ...start, exposedWalkShare: start.exposedWalkShare + step });
    return (times: WantedTimes) => solve(start, here, faster, longer, step, times);
  };
  values = from(values)(wanted);
  const valuesFor = from(values);
  return { values: valuesFor(wanted), valuesFor };
}

/** The three parameters that give the three published times. */
export function fitCalibration(
  suites: readonly Suite[],
  preset: MachinePreset = measuredMachine(),
): Required<FittedParameters> {
  const { roundTrips, before, after, plain } = calibrationEvents(suites, preset);
  const { beforePerSecond, afterPerSecond, plainPerSecond } = CALIBRATION_MEASUREMENT;
  const solution = solveCalibration(
    preset,
    {
      before: eventsByKind(before, roundTrips),
      after: eventsByKind(after, roundTrips),
      plain: eventsByKind(plain, 1),
    },
    {
      beforeNs: NS_PER_SECOND / beforePerSecond,
      afterNs: NS_PER_SECOND / afterPerSecond,
      plainNs: NS_PER_SECOND / plainPerSecond,
    },
  );
  const worldSwitch = solution.vmrunVmexitNanoseconds + preset.costs.vmloadVmsaveNanoseconds.value;
  const rounded = (value: number, steps: number) => Math.round(value * steps) / steps;
  return {
    cyclesPerInstruction: rounded(solution.cyclesPerInstruction, ROUNDING),
    exposedWalkShare: rounded(solution.exposedWalkShare, ROUNDING),
    worldSwitchNanoseconds: rounded(worldSwitch, ROUNDING_NS),
  };
}

interface Times {
  readonly afterNs: number;
  readonly savingNs: number;
}

/** One Newton step in two variables, by Cramer's rule. */
function solve(
  values: FittedParameters,
  here: Times,
  byInstruction: Times,
  byWalk: Times,
  step: number,
  wanted: WantedTimes,
): FittedParameters {
  const a = (byInstruction.afterNs - here.afterNs) / step;
  const b = (byWalk.afterNs - here.afterNs) / step;
  const c = (byInstruction.savingNs - here.savingNs) / step;
  const d = (byWalk.savingNs - here.savingNs) / step;
  const missingAfter = wanted.after - here.afterNs;
  const missingSaving = wanted.before - wanted.after - here.savingNs;
  const determinant = a * d - b * c;
  return {
    cyclesPerInstruction:
      values.cyclesPerInstruction + (missingAfter * d - b * missingSaving) / determinant,
    exposedWalkShare:
      values.exposedWalkShare + (a * missingSaving - c * missingAfter) / determinant,
  };
}
