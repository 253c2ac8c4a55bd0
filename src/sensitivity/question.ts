import { calibratedCase, withSeeds } from '../calibrate/fit-calibration.ts';
import { machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import { machineById } from '../hardware/presets/index.ts';
import { withValues } from '../hardware/presets/with-values.ts';
import { calibrationEventsByKind } from '../run/price-uncertainty.ts';
import type { CellResult } from '../run/results.ts';
import { CALIBRATION_MEASUREMENT } from '../suite/calibration.ts';
import type { Suite } from '../suite/suite.ts';
import type { AnswerModel, SideEvents, Values } from '../uncertainty/answer-model.ts';
import { eventSurface } from '../uncertainty/event-surface.ts';
import { type ByKind, nanosecondsByKind, timeOf } from '../uncertainty/events.ts';
import {
  PROGRAM_PRICE,
  type Unknown,
  unknownsOfMachine,
  unknownsOfMeasurement,
  unknownsOfProgram,
} from '../uncertainty/unknowns.ts';
import { instructionsBetweenExits, PROGRAM_CYCLES_PER_INSTRUCTION } from '../workloads/program.ts';
import { axesOf, type Setup, sizeAxes, turnLengths } from './axes.ts';
import {
  type CellPlan,
  meanOfSeeds,
  type PlannedDesign,
  type PlannedPoint,
  planCorners,
  planDesign,
  type Sides,
  seedEvents,
} from './design.ts';

/** The cells of a question, and the model that their events make. */
export interface PlannedQuestion {
  readonly nominal: PlannedPoint;
  readonly design: PlannedDesign;
  readonly model: (results: readonly CellResult[]) => QuestionModel;
}

export interface QuestionModel {
  /** Unknowns that change something. */
  readonly model: AnswerModel;
  readonly withoutEffect: readonly string[];
  readonly seeds: readonly SideEvents[];
  /** Events at any length of the turn and any values, without being moved to the nominal. */
  readonly designEvents: (turnLength: number, values: Values) => SideEvents;
  /** Events of everything that was run of the question. */
  readonly runs: readonly SideEvents[];
}

export function measuredMachine(): MachinePreset {
  const machine = machineById(CALIBRATION_MEASUREMENT.machine);
  if (machine === undefined) throw new RangeError('the measured machine is not there');
  return machine;
}

/** Plans the nominal runs, the design around them, and the design of the calibrated workload. */
export function planQuestion(
  plan: CellPlan,
  setup: Setup,
  sides: Sides,
  suites: readonly Suite[],
): PlannedQuestion {
  const { suite, machine } = setup;
  const turn = turnLengths(setup, PROGRAM_CYCLES_PER_INSTRUCTION);
  const nominal = plan.point(setup, sides, suite.seeds.count);
  const axes = axesOf(setup);
  const design = planDesign(plan, setup, sides, axes, turn);
  const points = [nominal, ...design.points, ...planCorners(plan, design, sides)];
  const measured = measuredMachine();
  const { suite: calibrated, before, after } = calibratedCase(suites);
  const calibration = planDesign(
    plan,
    { suite: withSeeds(calibrated, 2), machine: measured },
    { before, after },
    sizeAxes(measured, 'capturedTrips'),
    null,
  );
  const unknowns: Unknown[] = [
    ...unknownsOfMachine(machine),
    ...axes.map(({ unknown }) => unknown).filter(({ kind }) => kind === 'workload'),
    ...(suite.workload.kind === 'program' ? unknownsOfProgram(suite.workload.exitsPerSecond) : []),
    ...unknownsOfMeasurement(),
  ];
  return {
    nominal,
    design,
    model: (results) => {
      const seeds = seedEvents(nominal, results);
      const surface = eventSurface(design.surface(results, meanOfSeeds(seeds)));
      const ofDesign = eventSurface(design.surface(results, design.nominal(results)));
      const { plain, ...fitted } = calibrationEventsByKind();
      const ofCalibration = eventSurface(calibration.surface(results, fitted));
      const all: AnswerModel = {
        unknowns,
        machine,
        measured,
        published: CALIBRATION_MEASUREMENT,
        events: (values) => surface(turnAt(setup, values), values),
        calibrationEvents: (values) => ({ ...ofCalibration(1, values), plain }),
        isProgram: suite.workload.kind === 'program',
      };
      const effective = unknowns.filter((unknown) => hasEffect(all, unknown));
      return {
        model: { ...all, unknowns: effective },
        withoutEffect: unknowns.filter((each) => !effective.includes(each)).map(({ path }) => path),
        seeds,
        designEvents: ofDesign,
        runs: points.map((point) => meanOfSeeds(seedEvents(point, results))),
      };
    },
  };
}

/** Instructions of L2 between two exits at some values; 1 for a suite without a program. */
function turnAt({ suite, machine }: Setup, values: Values): number {
  const { workload } = suite;
  if (workload.kind !== 'program') return 1;
  return instructionsBetweenExits(
    values.get('workload.exitsPerSecond') ?? workload.exitsPerSecond.nominal,
    values.get('frequencyGhz') ?? machine.frequencyGhz.value,
    values.get(PROGRAM_PRICE) ?? PROGRAM_CYCLES_PER_INSTRUCTION.value,
  );
}

/** Whether an end of the range changes anything that the question or the calibration counts or pays. */
function hasEffect(model: AnswerModel, { path, kind, low, high }: Unknown): boolean {
  if (kind === 'measurement' || kind === 'workload') return true;
  const at = (value: number) => {
    const values = new Map([[path, value]]);
    const prices = (machine: MachinePreset) =>
      nanosecondsByKind(machineConfig(withValues(machine, values)));
    const times = (events: { before: ByKind; after: ByKind }, price: ByKind) => [
      timeOf(events.before, price),
      timeOf(events.after, price),
    ];
    return [
      ...times(model.events(values), prices(model.machine)),
      ...times(model.calibrationEvents(values), prices(model.measured)),
    ];
  };
  const lowTimes = at(low);
  return at(high).some((time, i) => time !== lowTimes[i]);
}
