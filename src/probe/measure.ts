import { Bench } from 'tinybench';
import { type HostNanoseconds, hostNanoseconds } from '../units/quantity.ts';
import { prngFor } from '../util/prng.ts';
import {
  type Arena,
  type Chain,
  follow,
  MULTIPLY_CYCLES,
  multiply,
  packedChain,
  spreadChain,
} from './chase.ts';

/** Samples of one number of pages, one per round. */
export interface PageSamples {
  readonly pages: number;
  readonly spread: readonly HostNanoseconds[];
  readonly packed: readonly HostNanoseconds[];
}

export interface Samples {
  readonly byPages: readonly PageSamples[];
  /** Cycles per nanosecond, one per round. */
  readonly clockGhz: readonly number[];
}

export interface RoundLimits {
  readonly most: number;
  readonly least: number;
  /** No round begins after this many seconds, once `least` are done. */
  readonly seconds: number;
}

const LEAST_LOADS = 32_768;
const WARM_LOADS = 8192;
/** Laps of one sample: the fastest counts, so that an interrupted one does not. */
const LAPS = 3;
const MULTIPLICATIONS = 100_000;
const NS_PER_MS = 1e6;
/** Samples are kept to a ten-thousandth of a nanosecond, in memory as in files. */
const DECIMALS = 10_000;

/**
 * Times chains of every size in `grid`, spread and packed, in rounds: each round takes every size
 * once in an order of its own, so that what drifts on the host meets all sizes alike.
 */
export function measureRounds(arena: Arena, grid: readonly number[], limits: RoundLimits): Samples {
  const began = performance.now();
  const spread = grid.map((): HostNanoseconds[] => []);
  const packed = grid.map((): HostNanoseconds[] => []);
  const clockGhz: number[] = [];
  for (let round = 0; round < limits.most; round += 1) {
    const elapsed = (performance.now() - began) / 1000;
    if (round >= limits.least && elapsed > limits.seconds) break;
    const order = prngFor(round, 'order of sizes in a round of the probe');
    const left = grid.map((_, index) => index);
    while (left.length > 0) {
      const [index] = left.splice(order.nextInt(left.length), 1) as [number];
      const pages = grid[index]!;
      const chains = prngFor(round, `chains of ${pages} pages`);
      spread[index]!.push(timeChain(() => spreadChain(arena, pages, chains), pages));
      packed[index]!.push(timeChain(() => packedChain(arena, pages, chains), pages));
    }
    clockGhz.push(timeClock());
  }
  const byPages = grid.map((pages, index) => ({
    pages,
    spread: spread[index]!,
    packed: packed[index]!,
  }));
  return { byPages, clockGhz };
}

/** Time of one load of a chain, its lines and translations as warm as a lap leaves them. */
function timeChain(lay: () => Chain, lines: number): HostNanoseconds {
  const { words, start } = lay();
  const loads = Math.max(lines, LEAST_LOADS);
  let place = follow(words, start, Math.max(lines, WARM_LOADS));
  return fastest(loads, () => {
    place = follow(words, place, loads);
  });
}

function timeClock(): number {
  let product = 0;
  const perMultiplication = fastest(MULTIPLICATIONS, () => {
    product += multiply(3, MULTIPLICATIONS);
  });
  if (!Number.isFinite(product)) throw new RangeError('the product is no number');
  return Math.round((MULTIPLY_CYCLES / perMultiplication) * DECIMALS) / DECIMALS;
}

/** Nanoseconds of each of `count` operations, from the fastest of a few runs. */
function fastest(count: number, run: () => void): HostNanoseconds {
  const bench = new Bench({
    time: 0,
    iterations: LAPS,
    warmup: false,
    timestampProvider: 'hrtimeNow',
    throws: true,
  });
  bench.add('lap', run, { async: false });
  bench.runSync();
  const result = bench.tasks[0]?.result;
  if (result?.state !== 'completed') throw new Error('tinybench did not complete a lap');
  const each = (result.latency.min * NS_PER_MS) / count;
  return hostNanoseconds(Math.round(each * DECIMALS) / DECIMALS);
}
