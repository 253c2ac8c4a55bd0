import { describe, expect, test } from 'vitest';
import { KIND, KIND_COUNT } from '../../src/cost/ledger.ts';
import { machineById } from '../../src/hardware/presets/index.ts';
import { withValues } from '../../src/hardware/presets/with-values.ts';
import { calibrationEventsByKind } from '../../src/run/price-uncertainty.ts';
import { CALIBRATION_MEASUREMENT } from '../../src/suite/calibration.ts';
import type { AnswerModel, PricedDraw } from '../../src/uncertainty/answer-model.ts';
import { answerUncertainty, drawPrices } from '../../src/uncertainty/answer-uncertainty.ts';
import { nanosecondsByKind, pricedMachine, timeOf } from '../../src/uncertainty/events.ts';
import { densityOfRange, quantileOfRange } from '../../src/uncertainty/range.ts';
import {
  MEASUREMENT_ERROR,
  MEASUREMENTS,
  SOLVED,
  unknownsOfMachine,
  unknownsOfMeasurement,
} from '../../src/uncertainty/unknowns.ts';
import { prngFor } from '../../src/util/prng.ts';

const milan = machineById('zen3-milan')!;
const calibration = calibrationEventsByKind();
const model: AnswerModel = {
  unknowns: [
    ...unknownsOfMachine(milan).filter(({ kind }) => kind === 'price'),
    ...unknownsOfMeasurement(),
  ],
  machine: milan,
  measured: milan,
  published: CALIBRATION_MEASUREMENT,
  events: () => calibration,
  calibrationEvents: () => calibration,
  isProgram: false,
};

/** A question that the measurement does not answer: twice the flushes, no refill. */
function flushesOnly() {
  const before = new Float64Array(KIND_COUNT);
  before[KIND.l0Instruction] = 10_000;
  const after = before.slice();
  before[KIND.flushAsid] = 4;
  return { before, after };
}

function eventsOf(instructions: number) {
  const events = new Float64Array(KIND_COUNT);
  events[KIND.l0Instruction] = instructions;
  return events;
}

const nanosecondEach = new Float64Array(KIND_COUNT).fill(1);
const alike: readonly PricedDraw[] = Array.from({ length: 512 }, () => ({
  values: new Map(),
  prices: nanosecondEach,
  weight: 1,
}));

describe('draws of prices', () => {
  const draws = drawPrices(model, prngFor(1, 'draws'));

  test('all give the published times again, within the error of the measurement', () => {
    const inside = draws.filter(({ weight }) => weight > 0);
    expect(inside.length).toBeGreaterThan(200);
    for (const { prices } of inside) {
      const perSecond = 1e9 / timeOf(calibration.before, prices);
      const { beforePerSecond } = CALIBRATION_MEASUREMENT;
      expect(Math.abs(perSecond / beforePerSecond - 1)).toBeLessThan(MEASUREMENT_ERROR + 1e-6);
    }
  });

  test('weigh as if prices had been drawn freely and those kept that give the published times', () => {
    // The same distribution by brute force: few of the free draws fit.
    const prng = prngFor(1, 'brute force');
    const [instruction, walk, vmrun] = SOLVED;
    const question = flushesOnly();
    const priors = [
      ...unknownsOfMachine(milan).filter(({ kind }) => kind === 'price'),
      { path: instruction, ...milan.costs.cyclesPerInstruction },
      { path: walk, ...milan.costs.exposedWalkShare },
      { path: vmrun, ...milan.costs.vmrunVmexitNanoseconds },
    ];
    const plainRange = unknownsOfMeasurement().find(({ path }) => path === MEASUREMENTS.plain)!;
    const kept: { saving: number; weight: number }[] = [];
    for (let draw = 0; draw < 150_000; draw++) {
      const values = new Map(
        priors.map((prior) => [prior.path, quantileOfRange(prior, prng.nextFloat())]),
      );
      const prices = nanosecondsByKind(pricedMachine(withValues(milan, values)));
      const error = (events: Float64Array, perSecond: number) =>
        Math.abs(1e9 / timeOf(events, prices) / perSecond - 1);
      if (error(calibration.before, CALIBRATION_MEASUREMENT.beforePerSecond) > MEASUREMENT_ERROR)
        continue;
      if (error(calibration.after, CALIBRATION_MEASUREMENT.afterPerSecond) > MEASUREMENT_ERROR)
        continue;
      const { plainPerSecond } = CALIBRATION_MEASUREMENT;
      const plainFactor = 1e9 / timeOf(calibration.plain, prices) / plainPerSecond;
      // Its range is not even, so what is kept counts by the density there, of the time and not the rate.
      const weight = densityOfRange(plainRange, plainFactor) * plainFactor * plainFactor;
      const saving = timeOf(question.before, prices) - timeOf(question.after, prices);
      if (weight > 0) kept.push({ saving, weight });
    }
    expect(kept.length).toBeGreaterThan(60);
    const total = kept.reduce((sum, each) => sum + each.weight, 0);
    const meanKept = kept.reduce((sum, each) => sum + each.weight * each.saving, 0) / total;
    const spread = Math.sqrt(
      kept.reduce(
        (sum, { saving, weight }) => sum + weight * (saving - meanKept) * (saving - meanKept),
        0,
      ) / total,
    );
    let weights = 0;
    let weighted = 0;
    for (const { prices, weight } of draws) {
      weights += weight;
      weighted += weight * (timeOf(question.before, prices) - timeOf(question.after, prices));
    }
    expect(Math.abs(weighted / weights - meanKept)).toBeLessThan(
      (4 * spread) / Math.sqrt(kept.length),
    );
  });
});

describe('an answer over draws', () => {
  const seedsOf = (savings: readonly number[]) =>
    savings.map((saving) => ({ before: eventsOf(1000), after: eventsOf(1000 - saving) }));
  const answerOf = (savings: readonly number[], draws = alike) => {
    const seeds = seedsOf(savings);
    const mean = savings.reduce((sum, value) => sum + value, 0) / savings.length;
    const events = { before: eventsOf(1000), after: eventsOf(1000 - mean) };
    return answerUncertainty(draws, () => events, seeds, prngFor(1, 'seeds'))!;
  };
  const priced = (factor: number): PricedDraw => ({
    values: new Map(),
    prices: nanosecondEach.map((price) => price * factor),
    weight: 1,
  });

  test('is all seeds where the numbers are known', () => {
    const { seedShare, savingNs, verdict } = answerOf([90, 100, 110, 95, 105]);
    expect(seedShare).toBe(1);
    expect(verdict).toBe('saves');
    // The standard error of the mean is sqrt(62.5 / 5) = 3.5 ns.
    expect(savingNs.low).toBeGreaterThan(100 - 2.5 * 3.6);
    expect(savingNs.low).toBeLessThan(100 - 1.5 * 3.5);
  });

  test('is all numbers where the seeds are alike', () => {
    const draws = [0.5, 1, 1.5, 2].flatMap((factor) => Array(20).fill(priced(factor)));
    const { seedShare, savingNs, effectiveDraws } = answerOf([100, 100, 100], draws);
    expect(seedShare).toBe(0);
    expect(savingNs).toEqual({ low: 50, high: 200 });
    expect(effectiveDraws).toBe(80);
  });

  test('cannot tell where the sign flips, and says when something costs or nothing differs', () => {
    expect(answerOf([-50, 60, 40, -45]).verdict).toBe('cannot tell');
    expect(answerOf([-50, -60, -40, -55]).verdict).toBe('costs');
    expect(answerOf([0, 0, 0]).verdict).toBe('no difference');
  });

  test('cannot tell where hardly any draw meets the calibration, and is absent where none does', () => {
    const few = alike.map((draw, index) => ({ ...draw, weight: index < 10 ? 1 : 0 }));
    const answer = answerOf([100, 100, 101], few);
    expect(answer.verdict).toBe('cannot tell');
    expect(answer.effectiveDraws).toBe(10);
    const none = alike.map((draw) => ({ ...draw, weight: 0 }));
    expect(answerOf([100, 100, 101], none)).toBeUndefined();
  });

  test('holds every draw to what was run at its prices, where effects add up to more than any run has', () => {
    // Of two numbers, each alone saves 200 of 1000 at its end; both together were run as well, and save 300.
    const saving = (ns: number) => ({ before: eventsOf(1000), after: eventsOf(1000 - ns) });
    const both = new Map([
      ['one', 1],
      ['other', 1],
    ]);
    const draws = [new Map<string, number>(), both].flatMap((values) =>
      Array<PricedDraw>(50).fill({ values, prices: nanosecondEach, weight: 1 }),
    );
    const added = (values: ReadonlyMap<string, number>) =>
      saving(100 + 200 * [...values.values()].reduce((sum, value) => sum + value, 0));
    const seeds = [saving(100), saving(100)];
    const runs = [100, 200, 300].map(saving);
    const answer = (all: typeof runs) =>
      answerUncertainty(draws, added, seeds, prngFor(1, 'seeds'), all)!;
    expect(answer([]).savingRatio).toEqual({ low: 0.1, high: 0.5 });
    expect(answer(runs)).toMatchObject({
      savingRatio: { low: 0.1, high: 0.3 },
      savingNs: { low: 100, high: 300 },
      reached: { low: 0.1, high: 0.3 },
      heldShare: 0.5,
    });
    expect(answer([]).reached).toBeNull();
  });
});
