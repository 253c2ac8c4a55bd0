import { describe, expect, test } from 'vitest';
import { sobolIndices } from '../../src/statistics/sobol-indices.ts';
import { prngFor } from '../../src/util/prng.ts';
import { sobolPoints } from '../../src/util/sobol-sequence.ts';

type Model = (x: readonly number[]) => number;

/** The model at a design of `rows` rows, as `sobolIndices` wants it. */
function outputsOf(model: Model, inputs: number, rows: number) {
  const points = sobolPoints(rows, 2 * inputs, prngFor(1, 'design'));
  const row = (index: number, part: number) =>
    Array.from(points.subarray((2 * index + part) * inputs, (2 * index + part + 1) * inputs));
  const values = (x: (index: number) => readonly number[]) =>
    Float64Array.from({ length: rows }, (_, index) => model(x(index)));
  return {
    first: values((index) => row(index, 0)),
    second: values((index) => row(index, 1)),
    swapped: Array.from({ length: inputs }, (_, input) =>
      values((index) => row(index, 0).map((x, i) => (i === input ? row(index, 1)[i]! : x))),
    ),
  };
}

const indicesOf = (model: Model, inputs: number) =>
  sobolIndices(outputsOf(model, inputs, 1024), prngFor(1, 'resamples').nextUint32);

describe('sobolIndices', () => {
  test('of the Ishigami function are those of theory, within their intervals', () => {
    const turn = (u: number) => Math.PI * (2 * u - 1);
    const ishigami: Model = ([a, b, c]) => {
      const [x, y, z] = [turn(a!), turn(b!), turn(c!)];
      return Math.sin(x) + 7 * Math.sin(y) * Math.sin(y) + 0.1 * z * z * z * z * Math.sin(x);
    };
    const indices = indicesOf(ishigami, 3);
    // V = 13.845; S1 = 4.346 / V, S2 = 6.125 / V; x and z act jointly by 3.374 / V.
    const theory = [
      { first: 0.3139, total: 0.5576 },
      { first: 0.4424, total: 0.4424 },
      { first: 0, total: 0.2437 },
    ];
    for (const [i, { first, total }] of indices.entries()) {
      expect(Math.abs(first.point - theory[i]!.first)).toBeLessThan(0.03);
      expect(Math.abs(total.point - theory[i]!.total)).toBeLessThan(0.03);
      expect(first.low).toBeLessThan(theory[i]!.first + 0.01);
      expect(first.high).toBeGreaterThan(theory[i]!.first - 0.01);
      expect(total.low).toBeLessThan(theory[i]!.total);
      expect(total.high).toBeGreaterThan(theory[i]!.total);
    }
  });

  test('of a sum are the shares of its variance, and an input without effect has none', () => {
    const [x, y, z] = indicesOf(([a, b]) => 100 + 2 * a! + b!, 3);
    for (const kind of ['first', 'total'] as const) {
      expect(x![kind].point).toBeCloseTo(0.8, 2);
      expect(y![kind].point).toBeCloseTo(0.2, 2);
      expect(z![kind]).toEqual({ point: 0, low: 0, high: 0 });
    }
  });

  test('are 0 for an output that does not vary', () => {
    const none = { point: 0, low: 0, high: 0 };
    expect(indicesOf(() => 7, 2)).toEqual([
      { first: none, total: none },
      { first: none, total: none },
    ]);
  });
});
