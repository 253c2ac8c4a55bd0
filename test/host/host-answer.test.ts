import { expect, test } from 'vitest';
import { mapLines } from '../../src/report/host/map.ts';
import { makeHostAnswer } from './make-host-answer.ts';

test('an answer says what an exit, the time and the host save, with one interval', () => {
  const answer = makeHostAnswer();
  expect(answer.exitsPerSecond).toEqual({ perHost: 40_000, perVcpu: 2500 });
  // Twice the saving of the vCPU that was analysed has twice its interval.
  expect(answer.savingNsPerExit).toEqual({ point: 2000, low: 200, high: 8000 });
  expect(answer.savingOfBusyTime).toEqual({ point: 0.02, low: 0.002, high: 0.1 });
  // 40,000 times 2,000 ns are 80 ms of each second: 0.08 cores of 16.
  expect(answer.coresPerHost.point).toBeCloseTo(0.08, 9);
  expect(answer.savingOfAllTime.point).toBeCloseTo(0.005, 9);
  expect(answer.savingNsPerExitWithAvic).toBe(1500);
  expect(answer.unknowns.map(({ path }) => path)).toEqual([
    'workload.hotPages',
    'costs.flushAsidCycles',
  ]);
  expect(answer.flushesPerTransition).toEqual({ before: 1, after: 0.05 });
});

test('an end that was moved with the point counts for no more than what was run', () => {
  const reached = { low: 0.004, high: 0.08, heldShare: 0 };
  const { savingOfBusyTime } = makeHostAnswer({ reached });
  expect(savingOfBusyTime).toEqual({ point: 0.02, low: 0.004, high: 0.08 });
  // The point was run itself, with all vCPUs.
  const narrow = makeHostAnswer({ reached: { low: 0.004, high: 0.015, heldShare: 0 } });
  expect(narrow.savingOfBusyTime).toEqual({ point: 0.02, low: 0.004, high: 0.02 });
});

test('an answer has the place of the host on the map of what it could do', () => {
  const row = (workingSetPages: number, savingRatios: readonly number[]) => ({
    workingSetPages,
    savingRatios,
    points: [],
  });
  const breakEven = {
    exitsPerSecond: [1000, 3000, 10_000],
    rows: [row(32, [0.01, 0.02, 0.03]), row(512, [0.04, 0.05, 0.06])],
  };
  const { place } = makeHostAnswer({ breakEven });
  expect(place).toEqual({ map: breakEven, exitsPerSecond: 2500, workingSetPages: 300 });
  const lines = mapLines(place!);
  expect(lines.find((line) => line.includes('['))).toMatch(
    /^ {2}512 .*4\.00 % +\[5\.00 %\] +6\.00 % *$/,
  );
  expect(lines.join('\n')).toContain('at 300 pages and 2,500 exits a second');
  expect(makeHostAnswer().place).toBeNull();
});
