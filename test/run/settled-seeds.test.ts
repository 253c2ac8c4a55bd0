import { expect, test } from 'vitest';
import { seedsToSettle, wantedWidths } from '../../src/run/settled-seeds.ts';

test('an interval over seeds is to be a tenth of the whole one', () => {
  const whole = { ns: { low: 500, high: 700 }, ratio: { low: 0.1, point: 0.15, high: 0.2 } };
  const { wantedNs, wantedRatio } = wantedWidths(whole);
  expect(wantedNs).toBeCloseTo(20, 10);
  expect(wantedRatio).toBeCloseTo(0.01, 10);
});

// By hand: the differences 10, 12, 14, 16 have a standard deviation of 2.582 and Student's t of 3 degrees of
// freedom is 3.182, so an interval of 8 ns in width takes (3.182 * 2.582 / 4)^2 = 4.22 seeds.
test('seeds of a saving in nanoseconds, by hand', () => {
  const before = [100, 100, 100, 100];
  const after = [90, 88, 86, 84];
  expect(seedsToSettle(before, after, { wantedNs: 8, wantedRatio: 1 })).toBe(5);
  expect(seedsToSettle(before, after, { wantedNs: 4, wantedRatio: 1 })).toBe(17);
  expect(seedsToSettle(before, after, { wantedNs: 1000, wantedRatio: 1 })).toBe(4);
});

test('the share may need more of them than the nanoseconds', () => {
  const before = [100, 100, 100, 100];
  const after = [90, 88, 86, 84];
  // All times before are alike: the share varies as the nanoseconds do, a hundredth of them.
  expect(seedsToSettle(before, after, { wantedNs: 1000, wantedRatio: 0.08 })).toBe(5);
  expect(seedsToSettle(before, after, { wantedNs: 1000, wantedRatio: 0.04 })).toBe(17);
  // A saving in proportion to the time before has a share that does not vary.
  const long = [100, 200, 300, 400];
  const half = [50, 100, 150, 200];
  expect(seedsToSettle(long, half, { wantedNs: 1000, wantedRatio: 0.001 })).toBe(4);
});

test('sides that are alike have what they need', () => {
  expect(seedsToSettle([5, 6, 7], [5, 6, 7], { wantedNs: 0, wantedRatio: 0 })).toBe(3);
});

test('no number of seeds makes an interval of no width of times that differ', () => {
  expect(seedsToSettle([5, 6], [4, 3], { wantedNs: 0, wantedRatio: 1 })).toBe(
    Number.POSITIVE_INFINITY,
  );
});
