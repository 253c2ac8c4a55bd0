import type { MachinePreset } from '../hardware/machine-preset.ts';
import { listParameters } from '../hardware/presets/list-parameters.ts';
import type { Confidence, Unit } from '../units/parameter.ts';
import { PROGRAM_CYCLES_PER_INSTRUCTION } from '../workloads/program.ts';
import type { Range } from './range.ts';

/**
 * What a change of the number does: a `price` changes the time of an event, a `size` which events
 * there are, `workload` what the guest does, `measurement` what the model is fitted to.
 */
export type UnknownKind = 'price' | 'size' | 'workload' | 'measurement';

/** A number that could be another one. */
export interface Unknown extends Range {
  /** As in the manifest: `costs.flushAsidCycles`, `workload.exitsPerSecond`, `measurement.before`. */
  readonly path: string;
  readonly kind: UnknownKind;
  readonly unit: Unit;
  readonly confidence: Confidence;
}

/** They follow from the measurements once everything else is given. */
export const SOLVED = [
  'costs.cyclesPerInstruction',
  'costs.exposedWalkShare',
  'costs.vmrunVmexitNanoseconds',
] as const;

/**
 * How far each published rate may be off, either way. Assumed: the mail has one number without error
 * bars; repeats of such a loop on one host usually agree to about a per cent.
 */
export const MEASUREMENT_ERROR = 0.01;

/**
 * How far the rate of a plain exit may be off, as factors. Below: assumed, another clock and another
 * kernel than the captured one. Above: the same mail's rate without the scan of performance counters,
 * 1,541,850 per second, because the captured CPU has no counters to scan.
 */
const PLAIN_RANGE = { low: 0.97, value: 1, high: 1_541_850 / 1_360_250 } as const;

export const MEASUREMENTS = {
  before: 'measurement.before',
  after: 'measurement.after',
  plain: 'measurement.plain',
} as const;

const SIZES = /^(?:tlb\..*\.(?:entries|ways)|walkCaches\..*|caches\.pageTableLines.*)$/;
/** How many numbers there are and what the CPU can do is known, or is another question. */
const NOT_ASKED = /^tags\./;

/** Unknown numbers of a preset as its sources have them, those that a measurement solves left out. */
export function unknownsOfMachine(preset: MachinePreset): Unknown[] {
  return listParameters(preset).flatMap(({ path, parameter }) => {
    const isSolved = (SOLVED as readonly string[]).includes(path);
    if (isSolved || NOT_ASKED.test(path) || parameter.low === parameter.high) return [];
    const { low, value, high, unit, confidence } = parameter;
    const kind = SIZES.test(path) ? 'size' : 'price';
    return [{ path, kind, low, value, high, unit, confidence }];
  });
}

/** The rate of exits that a program suite states. */
export interface StatedRate {
  readonly nominal: number;
  readonly low: number;
  readonly high: number;
  readonly assumed?: true | undefined;
}

/** What a program suite says about its guest. A captured trip has nothing of the kind. */
export function unknownsOfProgram(exitsPerSecond: StatedRate): Unknown[] {
  const { nominal, low, high, assumed } = exitsPerSecond;
  return [
    {
      path: 'workload.exitsPerSecond',
      kind: 'workload',
      low,
      value: nominal,
      high,
      unit: 'count',
      confidence: assumed === true ? 'assumed' : 'secondary',
    },
    unknownProgramPrice(),
  ];
}

/** Path of the speed of user code in L2. */
export const PROGRAM_PRICE = 'workload.programCyclesPerInstruction';

/** The speed of user code; alone it is a price: the instructions between two exits stay. */
export function unknownProgramPrice(): Unknown {
  const { value, low, high, unit, confidence } = PROGRAM_CYCLES_PER_INSTRUCTION;
  return { path: PROGRAM_PRICE, kind: 'workload', low, value, high, unit, confidence };
}

/** The three measured rates: as factors on what was published. */
export function unknownsOfMeasurement(): Unknown[] {
  const pair = { low: 1 - MEASUREMENT_ERROR, value: 1, high: 1 + MEASUREMENT_ERROR };
  const of = (path: string, range: Range): Unknown => ({
    path,
    kind: 'measurement',
    ...range,
    unit: 'ratio',
    confidence: 'assumed',
  });
  return [
    of(MEASUREMENTS.before, pair),
    of(MEASUREMENTS.after, pair),
    of(MEASUREMENTS.plain, PLAIN_RANGE),
  ];
}
