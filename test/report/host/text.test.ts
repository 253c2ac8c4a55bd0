import { describe, expect, test } from 'vitest';
import { PMU_EVENTS } from '../../../src/hardware/pmu-events.ts';
import { hostText } from '../../../src/report/host/text.ts';
import { makeHostAnswer } from '../../host/make-host-answer.ts';

const SAFETY = {
  strategy: 'rfc-2025-03',
  base: 'kvm-6.14',
  worlds: 22,
  worldsWithStale: 9,
  violations: { host: 3, crossVm: 2, guest: 16, isolation: 0, invalid: 0 },
  newViolations: 15,
  statesExplored: 100,
  exhaustive: false,
};

const text = hostText({
  answer: makeHostAnswer(),
  safety: SAFETY,
  pmu: PMU_EVENTS.zen4,
  replaced: ['how many nested exits there are is of host.csv, and not of --exits'],
  assumed: ['L2 comes back to 300 pages of 4 KiB (32 to 2,000): --working-set says it'],
});
const onOneLine = text.replace(/\s+/g, ' ');

describe('the answer for a host', () => {
  test('fits in 80 columns', () => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([
    ['whose the rates are', '40,000 exits a second per host, 2,500 per vCPU of L1'],
    ['the saving with its interval', 'saving per exit 2,000 ns (200 ns to 8,000 ns)'],
    ['the cores', 'cores per host 0.08 (0.008 to 0.32), of 16'],
    ['what AVIC leaves', 'with AVIC 1,500 ns per exit, 75.0 % of it'],
    ['the verdict on safety', 'stale translations in 9 of 22 checked worlds'],
    [
      'who is reached',
      'of which 3 reach host memory and 2 another VM; 15 of them kvm-6.14 does not',
    ],
    ['what the run could not show', 'moves no vCPU and unmaps nothing, 0 were used'],
    ['what files replaced', 'From the files: - how many nested exits'],
    ['what decides it', '50.0 % workload.hotPages, 30 to 500 4 KiB pages'],
    ['how to settle it', '--event=ls_l1_d_tlb_miss.all_l2_miss'],
  ])('says %s', (_, words) => {
    expect(onOneLine).toContain(words);
  });

  test('says of a strategy without violations how far was looked', () => {
    const none = {
      ...SAFETY,
      worldsWithStale: 0,
      violations: { ...SAFETY.violations, host: 0, crossVm: 0, guest: 0 },
    };
    const said = hostText({
      answer: makeHostAnswer(),
      safety: none,
      pmu: null,
      replaced: [],
      assumed: [],
    });
    expect(said.replace(/\s+/g, ' ')).toContain(
      'rfc-2025-03: no stale translation in 22 checked worlds; not every state was seen.',
    );
    expect(said).not.toContain('ls_tlb_flush');
  });
});
