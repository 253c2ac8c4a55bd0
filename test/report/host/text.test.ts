import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/checker/verdict.ts';
import { PMU_EVENTS } from '../../../src/hardware/pmu-events.ts';
import { hostText } from '../../../src/report/host/text.ts';
import type { Safety } from '../../../src/report/safety.ts';
import { makeHostAnswer } from '../../host/make-host-answer.ts';

const safety = (strategy: string, wrong: Verdict['wrong']): Safety => ({
  strategy,
  verdict: {
    behaviour: '0123456789abcdef',
    strategy,
    worlds: 22,
    wrong,
    violations: 3,
    statesExplored: 100,
    exhaustive: false,
  },
});
const WRONG: Verdict['wrong'] = [
  { world: 'one-vcpu', classes: ['host', 'guest'] },
  { world: 'moving', classes: ['guest'] },
];
const BASE = safety('kvm-6.14', WRONG.slice(1));

const text = hostText({
  answer: makeHostAnswer(),
  safety: safety('rfc-2025-03', WRONG),
  baseSafety: BASE,
  pmu: PMU_EVENTS.zen4,
  replaced: ['how many nested exits there are is of host.csv, and not of --exits'],
  measured: [],
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
    ['the verdict on safety', 'stale translations in 2 of 22 checked worlds'],
    ['who is reached', 'one of them reaches host memory; kvm-6.14: stale translations in 1 of 22'],
    ['what the run could not show', 'moves no vCPU and unmaps nothing, 0 were used'],
    ['what files replaced', 'From the files: - how many nested exits'],
    ['what decides it', '50.0 % workload.hotPages, 30 to 500 4 KiB pages'],
    ['how to settle it', '--event=ls_l1_d_tlb_miss.all_l2_miss'],
  ])('says %s', (_, words) => {
    expect(onOneLine).toContain(words);
  });

  test('says of a strategy without violations how far was looked', () => {
    const said = hostText({
      answer: makeHostAnswer(),
      safety: safety('rfc-2025-03', []),
      baseSafety: { strategy: 'kvm-6.14', verdict: null },
      pmu: null,
      replaced: [],
      measured: [],
      assumed: [],
    });
    expect(said.replace(/\s+/g, ' ')).toContain(
      'rfc-2025-03: no stale translation in 22 checked worlds as far as explored; kvm-6.14: not checked. ' +
        'To check it: asidbench check --quick --strategy kvm-6.14.',
    );
    expect(said).not.toContain('ls_tlb_flush');
  });
});
