import { expect, test } from 'vitest';
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
