import { fileURLToPath } from 'node:url';
import { normalQuantile } from '../src/statistics/normal.ts';
import { meanInterval } from '../src/statistics/paired-saving.ts';
import { type Prng, prngFor } from '../src/util/prng.ts';

/** A population to draw from, with the mean that its intervals should hold. */
export interface Population {
  readonly name: string;
  readonly mean: number;
  readonly draw: (prng: Prng) => number;
}

/** A standard normal draw; the half step keeps the argument inside (0, 1). */
const drawNormal = (prng: Prng) => normalQuantile(prng.nextFloat() + 1 / 8589934592);

export const NORMAL: Population = { name: 'normal', mean: 0, draw: drawNormal };

/** `sigma` is the standard deviation of the logarithm. */
export function lognormal(sigma: number): Population {
  return {
    name: `lognormal, sigma ${sigma}`,
    mean: Math.exp((sigma * sigma) / 2),
    draw: (prng) => Math.exp(sigma * drawNormal(prng)),
  };
}

/** Share of `trials` 95 % intervals of the mean of `sampleCount` draws that hold the true mean. */
export function coverage(population: Population, sampleCount: number, trials: number): number {
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const data = prngFor(trial, 'coverage, data');
    const values = Array.from({ length: sampleCount }, () => population.draw(data));
    const { low, high } = meanInterval(values, prngFor(trial, 'coverage, bootstrap').nextUint32);
    if (low <= population.mean && population.mean <= high) covered++;
  }
  return covered / trials;
}

/** `node dist/scripts/measure-coverage.js` prints the table of METHODOLOGY.md in half a minute. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const population of [NORMAL, lognormal(0.3)]) {
    for (const seeds of [6, 10, 12, 24, 48]) {
      const percent = (100 * coverage(population, seeds, 4000)).toFixed(1);
      process.stdout.write(`${population.name}, ${seeds} seeds: ${percent} %\n`);
    }
  }
}
