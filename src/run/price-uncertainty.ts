import { machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import { machineById } from '../hardware/presets/index.ts';
import { CALIBRATION_MEASUREMENT, calibrated } from '../suite/calibration.ts';
import { CALIBRATION_EVENTS } from '../suite/calibration-events.ts';
import type { PricedDraw, SideEvents } from '../uncertainty/answer-model.ts';
import { answerUncertainty, drawPrices } from '../uncertainty/answer-uncertainty.ts';
import {
  type ByKind,
  eventsByKind,
  meanEvents,
  nanosecondsByKind,
  timeOf,
} from '../uncertainty/events.ts';
import type { CalibrationEvents } from '../uncertainty/solve-calibration.ts';
import {
  type Unknown,
  unknownProgramPrice,
  unknownsOfMachine,
  unknownsOfMeasurement,
} from '../uncertainty/unknowns.ts';
import { prngFor } from '../util/prng.ts';
import { withProgramPrice } from '../workloads/program.ts';
import type { CellResult, Comparison, ComparisonUncertainty } from './results.ts';

/** Seed of the draws: the same numbers give the same report, and all answers share their draws. */
const DRAW_SEED = 1;
/** Times in results are rounded to a thousandth of a nanosecond. */
const ROUNDING_NS = 0.001;

/** One pair of cells of a seed. */
export interface CellPair {
  readonly first: CellResult;
  readonly second: CellResult;
}

/** The fitted events, at nominal sizes. */
export function calibrationEventsByKind(): CalibrationEvents {
  const { roundTrips, before, after, plain } = CALIBRATION_EVENTS;
  return {
    before: eventsByKind(before, roundTrips),
    after: eventsByKind(after, roundTrips),
    plain: eventsByKind(plain, 1),
  };
}

/** A CPUID exit of a guest that is not nested, on a machine, in nanoseconds. */
export function plainExitNs(machine: MachinePreset): number {
  return timeOf(calibrationEventsByKind().plain, nanosecondsByKind(machineConfig(machine)));
}

function measuredMachine(): MachinePreset {
  const measured = machineById(CALIBRATION_MEASUREMENT.machine);
  if (measured === undefined) throw new RangeError('the measured machine is not there');
  return measured;
}

function priceUnknowns(machine: MachinePreset, isProgram: boolean): Unknown[] {
  return [
    ...unknownsOfMachine(machine).filter(({ kind }) => kind === 'price'),
    ...unknownsOfMeasurement(),
    ...(isProgram ? [unknownProgramPrice()] : []),
  ];
}

const drawsOf = new Map<string, readonly PricedDraw[]>();

/** Draws of the prices of a machine; made once, since no question changes them. */
function pricedDraws(machine: MachinePreset, isProgram: boolean): readonly PricedDraw[] {
  const key = `${machine.id} ${isProgram}`;
  const known = drawsOf.get(key);
  if (known !== undefined) return known;
  const nominal = calibrationEventsByKind();
  const model = {
    unknowns: priceUnknowns(machine, isProgram),
    machine,
    measured: measuredMachine(),
    published: CALIBRATION_MEASUREMENT,
    events: () => nominal,
    calibrationEvents: () => nominal,
    isProgram,
  };
  const draws = drawPrices(model, prngFor(DRAW_SEED, 'prices of machines'));
  drawsOf.set(key, draws);
  return draws;
}

/** Prices that a run of this version has. */
function nominalPrices(machine: MachinePreset, isProgram: boolean): ByKind {
  const config = machineConfig(calibrated(machine, measuredMachine()));
  return nanosecondsByKind(isProgram ? withProgramPrice(config) : config);
}

function eventsOfCell({ events, roundTrips }: CellResult): ByKind | undefined {
  return events === undefined ? undefined : eventsByKind(events, roundTrips);
}

/** Events of both sides, one per seed; undefined if a cell has none or was priced otherwise. */
function pairEvents(pairs: readonly CellPair[], prices: ByKind): readonly SideEvents[] | undefined {
  const isPriced = (cell: CellResult, events: ByKind) =>
    Math.abs(timeOf(events, prices) - cell.meanNs) <= ROUNDING_NS;
  const all: SideEvents[] = [];
  for (const { first, second } of pairs) {
    const before = eventsOfCell(first);
    const after = eventsOfCell(second);
    if (before === undefined || after === undefined) return undefined;
    if (!isPriced(first, before) || !isPriced(second, after)) return undefined;
    all.push({ before, after });
  }
  return all;
}

/**
 * What the answer of a comparison could be if prices were others: its cells' events, priced 1024 times.
 * `isProgram`: user code in L2 has a price of its own. Undefined where the cells have no events,
 * or were priced otherwise than this version prices their machine.
 */
export function priceUncertainty(
  comparison: Pick<Comparison, 'savingNs' | 'savingRatio'>,
  pairs: readonly CellPair[],
  isProgram: boolean,
): ComparisonUncertainty | undefined {
  const [pair] = pairs;
  const machine = pair && machineById(pair.first.machine);
  if (pair === undefined || machine === undefined) return undefined;
  const seeds = pairEvents(pairs, nominalPrices(machine, isProgram));
  if (seeds === undefined) return undefined;
  const mean = {
    before: meanEvents(seeds.map(({ before }) => before)),
    after: meanEvents(seeds.map(({ after }) => after)),
  };
  const stream = `seeds of ${pair.first.scenario} on ${machine.id}, ${pair.second.strategy}`;
  const found = answerUncertainty(
    pricedDraws(machine, isProgram),
    () => mean,
    seeds,
    prngFor(DRAW_SEED, stream),
  );
  if (found === undefined) return undefined;
  const { savingNs, savingRatio, seedShare, verdict, draws, effectiveDraws } = found;
  return {
    varied: 'prices',
    savingNs: { point: comparison.savingNs.point, ...savingNs },
    savingRatio: { point: comparison.savingRatio.point, ...savingRatio },
    seedShare,
    verdict,
    draws,
    effectiveDraws,
  };
}
