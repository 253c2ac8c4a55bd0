import { withSeeds } from '../calibrate/fit-calibration.ts';
import { machineConfig } from '../hardware/machine-config.ts';
import type { MachinePreset } from '../hardware/machine-preset.ts';
import type { CellResult } from '../run/results.ts';
import { pilotSeeds, seedsToSettle, wantedWidths } from '../run/settled-seeds.ts';
import { pairedSaving } from '../statistics/paired-saving.ts';
import { calibrated } from '../suite/calibration.ts';
import type { Cell } from '../suite/cell.ts';
import type { Suite } from '../suite/suite.ts';
import { type AnswerModel, timesOf } from '../uncertainty/answer-model.ts';
import { answerUncertainty, drawPrices } from '../uncertainty/answer-uncertainty.ts';
import { type ByKind, nanosecondsByKind } from '../uncertainty/events.ts';
import { quantileOfRange } from '../uncertainty/range.ts';
import { latinHypercube } from '../util/latin-hypercube.ts';
import { prngFor } from '../util/prng.ts';
import { withProgramPrice } from '../workloads/program.ts';
import type { Setup } from './axes.ts';
import { planBreakEven } from './break-even.ts';
import { CellPlan, meanOfSeeds, type PlannedPoint, type Sides, seedEvents } from './design.ts';
import { effectsOf, swingsOf } from './effects.ts';
import { type PlannedQuestion, planQuestion, type QuestionModel } from './question.ts';
import type { SensitivityResult, UnknownEffect } from './sensitivity-result.ts';

const SEED = 1;
/** Points, away from the cross of the design, at which it is checked against full runs. */
const CHECKS = 4;
const CHECK_SEEDS = 1;

export interface SensitivityRequest extends Sides {
  readonly suite: Suite;
  /** As its sources have it: what was fitted is solved again in each draw. */
  readonly machine: MachinePreset;
  /** All suites, for the one that was measured. */
  readonly suites: readonly Suite[];
}

/** Computes cells in any order of its own and gives results in that of the cells. */
export type RunCells = (cells: readonly Cell[]) => Promise<readonly CellResult[]>;

interface Check {
  readonly turn: number;
  readonly values: ReadonlyMap<string, number>;
  readonly point: PlannedPoint;
}

/** A Latin hypercube over what the design varies; the geometry of TLBs stays, which has few values. */
function planChecks(plan: CellPlan, { design }: PlannedQuestion, sides: Sides): Check[] {
  const axes = design.axes.filter(({ unknown }) => !unknown.path.startsWith('tlb.'));
  const dimensions = axes.length + 1;
  const points = latinHypercube(CHECKS, dimensions, prngFor(SEED, 'checks of the interpolation'));
  return Array.from({ length: CHECKS }, (_, check) => {
    const u = (i: number) => points[check * dimensions + i]!;
    const turn =
      design.turn === null ? 1 : Math.round(quantileOfRange(design.turn, u(axes.length)));
    const values = new Map(
      axes.map(({ unknown }, i) => {
        const value = quantileOfRange(unknown, u(i));
        return [unknown.path, unknown.kind === 'size' ? Math.round(value) : value];
      }),
    );
    return { turn, values, point: plan.point(design.at(turn, values), sides, CHECK_SEEDS) };
  });
}

/** Prices that a run has. */
export function runPrices({
  machine,
  measured,
  isProgram,
}: Pick<AnswerModel, 'machine' | 'measured' | 'isProgram'>): ByKind {
  const config = machineConfig(calibrated(machine, measured));
  return nanosecondsByKind(isProgram ? withProgramPrice(config) : config);
}

function largestError(
  checks: readonly Check[],
  { designEvents }: QuestionModel,
  results: readonly CellResult[],
  prices: ByKind,
): number {
  const ratioOf = (events: ReturnType<typeof meanOfSeeds>) => {
    const { beforeNs, afterNs } = timesOf(events, prices);
    return 1 - afterNs / beforeNs;
  };
  return Math.max(
    ...checks.map(({ turn, values, point }) =>
      Math.abs(
        ratioOf(designEvents(turn, values)) - ratioOf(meanOfSeeds(seedEvents(point, results))),
      ),
    ),
  );
}

function unknownEffects(model: AnswerModel): UnknownEffect[] {
  const indices = effectsOf(
    model,
    prngFor(SEED, 'designs of Sobol indices'),
    prngFor(SEED, 'resamples of Sobol indices'),
  );
  const swings = swingsOf(model);
  const effects = model.unknowns.map((unknown, i): UnknownEffect => {
    const { path, unit, low, value, high, confidence } = unknown;
    const { first, total } = indices[i]!;
    const ends = { ratioAtLow: swings[i]!.low, ratioAtHigh: swings[i]!.high };
    return { path, unit, low, nominal: value, high, confidence, first, total, ...ends };
  });
  return effects.sort((a, b) => b.total.point - a.total.point);
}

/** Savings over seeds alone, at nominal prices. */
function overSeeds(times: readonly ReturnType<typeof timesOf>[]): SensitivityResult['overSeeds'] {
  return pairedSaving({
    before: times.map(({ beforeNs }) => beforeNs),
    after: times.map(({ afterNs }) => afterNs),
    nextUint32: prngFor(SEED, 'seeds of a sensitivity').nextUint32,
  });
}

/**
 * What the answer of a suite depends on. Runs each choice of sizes and workload of a design once, and
 * prices its events for every draw. Undefined where no draw can meet the calibration. Takes as many seeds
 * as a run whose seeds settle: a pilot, and all again with more where that asks for them.
 */
export async function analyseSensitivity(
  request: SensitivityRequest,
  runCells: RunCells,
): Promise<SensitivityResult | undefined> {
  const { suite } = request;
  const pilot = await analyseWith(request, pilotSeeds(suite), runCells);
  if (pilot === undefined || pilot.result.seeds === suite.seeds.count) return pilot?.result;
  const { savingNs: ns, savingRatio: ratio } = pilot.result.uncertainty;
  const wanted = seedsToSettle(pilot.before, pilot.after, wantedWidths({ ns, ratio }));
  const seeds = Math.min(wanted, suite.seeds.count);
  if (seeds <= pilot.result.seeds) return pilot.result;
  return (await analyseWith(request, seeds, runCells))?.result;
}

/** An analysis, and the times of its seeds, ns. */
interface Analysis {
  readonly result: SensitivityResult;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

async function analyseWith(
  request: SensitivityRequest,
  seedCount: number,
  runCells: RunCells,
): Promise<Analysis | undefined> {
  const { machine, before, after, suites } = request;
  const suite = withSeeds(request.suite, seedCount);
  const sides = { before, after };
  const setup: Setup = { suite, machine };
  const plan = new CellPlan();
  const question = planQuestion(plan, setup, sides, suites);
  const checks = planChecks(plan, question, sides);
  const breakEven = planBreakEven(plan, setup, sides);
  const results = await runCells(plan.cells);
  const answer = question.model(results);
  const { model } = answer;
  const prices = runPrices(model);
  const draws = drawPrices(model, prngFor(SEED, 'draws of everything'));
  const uncertainty = answerUncertainty(
    draws,
    model.events,
    answer.seeds,
    prngFor(SEED, 'seeds of the draws'),
    [...answer.runs, ...checks.map(({ point }) => meanOfSeeds(seedEvents(point, results)))],
  );
  if (uncertainty === undefined) return undefined;
  const times = answer.seeds.map((each) => timesOf(each, prices));
  const seeds = overSeeds(times);
  const {
    savingNs,
    savingRatio,
    savingRatioOfNumbers: _,
    reached,
    heldShare,
    ...rest
  } = uncertainty;
  const result: SensitivityResult = {
    suite: suite.id,
    question: suite.question,
    machine: machine.id,
    baseline: before.id,
    strategy: after.id,
    seeds: seedCount,
    overSeeds: seeds,
    uncertainty: {
      varied: 'prices, sizes and workload',
      savingNs: { point: seeds.savingNs.point, ...savingNs },
      savingRatio: { point: seeds.savingRatio.point, ...savingRatio },
      ...rest,
    },
    ...(reached === null ? {} : { reached: { ...reached, heldShare } }),
    unknowns: unknownEffects(model),
    withoutEffect: answer.withoutEffect,
    plausibleShare: draws.filter(({ weight }) => weight > 0).length / draws.length,
    interpolation: {
      points: checks.length,
      largestError: largestError(checks, answer, results, prices),
    },
    breakEven: breakEven === null ? null : breakEven.map(results, prices),
    cells: plan.cells.length,
  };
  return {
    result,
    before: times.map(({ beforeNs }) => beforeNs),
    after: times.map(({ afterNs }) => afterNs),
  };
}
