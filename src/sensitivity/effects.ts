import { type SobolIndex, sobolIndices } from '../statistics/sobol-indices.ts';
import { type AnswerModel, drawPricer, timesOf } from '../uncertainty/answer-model.ts';
import type { Prng } from '../util/prng.ts';
import { MOST_DIMENSIONS, sobolPoints } from '../util/sobol-sequence.ts';

/** Rows of each of the two designs that Sobol indices are taken from. */
const ROWS = 1024;

/** Saving ratio at the coordinates of a draw, seeds left out. */
function ratioAt(model: AnswerModel): (u: Float64Array) => number {
  const price = drawPricer(model);
  return (u) => {
    const { values, prices } = price(u);
    const { beforeNs, afterNs } = timesOf(model.events(values), prices);
    return 1 - afterNs / beforeNs;
  };
}

/** Points of two independent designs: one Sobol sequence of twice as many dimensions. */
function twoDesigns(inputs: number, prng: Prng): { first: Float64Array; second: Float64Array } {
  const dimensions = 2 * inputs;
  if (dimensions > MOST_DIMENSIONS) {
    throw new RangeError(`${inputs} unknowns are too many for a Sobol sequence`);
  }
  const points = sobolPoints(ROWS, dimensions, prng);
  const part = (offset: number) => {
    const design = new Float64Array(ROWS * inputs);
    for (let row = 0; row < ROWS; row++) {
      for (let i = 0; i < inputs; i++) {
        design[row * inputs + i] = points[row * dimensions + offset + i]!;
      }
    }
    return design;
  };
  return { first: part(0), second: part(inputs) };
}

/**
 * Sobol indices of the saving ratio for each unknown, over their ranges. Every evaluation solves the
 * calibration again, and draws whose solution leaves its range count as well: indices need unknowns that
 * are independent. What is pinned by the measurement stays pinned there too.
 */
export function effectsOf(model: AnswerModel, designs: Prng, resamples: Prng): SobolIndex[] {
  const inputs = model.unknowns.length;
  const ratio = ratioAt(model);
  const { first, second } = twoDesigns(inputs, designs);
  const rowOf = (design: Float64Array, row: number) =>
    design.subarray(row * inputs, (row + 1) * inputs);
  const outputs = (design: Float64Array) =>
    Float64Array.from({ length: ROWS }, (_, row) => ratio(rowOf(design, row)));
  const swapped = model.unknowns.map((_, input) => {
    const u = new Float64Array(inputs);
    return Float64Array.from({ length: ROWS }, (_unused, row) => {
      u.set(rowOf(first, row));
      u[input] = second[row * inputs + input]!;
      return ratio(u);
    });
  });
  return sobolIndices(
    { first: outputs(first), second: outputs(second), swapped },
    resamples.nextUint32,
  );
}

/** Saving ratio with one unknown at its 5 % and 95 % point and all others in their middle. */
export function swingsOf(model: AnswerModel): { low: number; high: number }[] {
  const ratio = ratioAt(model);
  const at = (input: number, u: number) => {
    const coordinates = new Float64Array(model.unknowns.length).fill(0.5);
    coordinates[input] = u;
    return ratio(coordinates);
  };
  return model.unknowns.map((_, input) => ({ low: at(input, 0.05), high: at(input, 0.95) }));
}
