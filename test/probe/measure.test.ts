import { expect, test } from 'vitest';
import { newArena } from '../../src/probe/chase.ts';
import { measureRounds } from '../../src/probe/measure.ts';

test('a round of the probe takes every size once, spread and packed, and the clock', () => {
  const grid = [16, 32, 64];
  const samples = measureRounds(newArena(64), grid, { most: 2, least: 2, seconds: 0 });
  expect(samples.byPages.map(({ pages }) => pages)).toEqual(grid);
  expect(samples.clockGhz).toHaveLength(2);
  for (const { spread, packed } of samples.byPages) {
    expect([spread.length, packed.length]).toEqual([2, 2]);
    expect(Math.min(...spread, ...packed)).toBeGreaterThan(0);
  }
});
