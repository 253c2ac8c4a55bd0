import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prngFor, xoshiro128starstar } from '../../src/util/prng.ts';

const take = (count: number, next: () => number) => Array.from({ length: count }, () => next());

describe('xoshiro128**', () => {
  it('gives the numbers of the reference implementation for the state 1, 2, 3, 4', () => {
    // From the authors' C code; the Rust crate rand_xoshiro tests against the same ten numbers.
    const { nextUint32 } = xoshiro128starstar([1, 2, 3, 4]);
    expect(take(10, nextUint32)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597,
      4258142804,
    ]);
  });

  it('refuses the state of zeros, from which it would never move', () => {
    expect(() => xoshiro128starstar([0, 0, 0, 0])).toThrow(RangeError);
  });
});

describe('prngFor', () => {
  it('gives the same stream for the same seed and purpose, on every machine', () => {
    expect(take(4, prngFor(1, 'workload').nextUint32)).toEqual(
      take(4, prngFor(1, 'workload').nextUint32),
    );
    expect(take(4, prngFor(1, 'workload').nextUint32)).toEqual([
      32555431, 2423496423, 1820035416, 2150711372,
    ]);
  });

  it('gives another stream for another seed, another purpose, and seeds 2^32 apart', () => {
    const streams = [
      prngFor(1, 'workload'),
      prngFor(2, 'workload'),
      prngFor(1, 'replacement'),
      prngFor(1, 'workloae'),
      prngFor(1 + 4294967296, 'workload'),
    ];
    const firsts = streams.map((stream) => stream.nextUint32());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('refuses a seed that is not an integer from 0 to 2^53 - 1', () => {
    for (const seed of [-1, 0.5, Number.NaN, 9007199254740992]) {
      expect(() => prngFor(seed, 'x')).toThrow(/seed/);
    }
  });

  it('draws every float from [0, 1) and every integer from 0 to n - 1', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 4294967296 }), (seed, n) => {
        const stream = prngFor(seed, 'range');
        const float = stream.nextFloat();
        const integer = stream.nextInt(n);
        return float >= 0 && float < 1 && Number.isInteger(integer) && integer >= 0 && integer < n;
      }),
      { seed: 20250326 },
    );
  });

  it('draws each of 6 integers equally often, within 5 standard deviations', () => {
    const stream = prngFor(7, 'die');
    const counts = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 60_000; i++) counts[stream.nextInt(6)]! += 1;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * 91.3);
  });

  it('refuses an n that is not an integer from 1 to 2^32', () => {
    for (const n of [0, -1, 1.5, 4294967297]) {
      expect(() => prngFor(1, 'x').nextInt(n)).toThrow(RangeError);
    }
  });
});
