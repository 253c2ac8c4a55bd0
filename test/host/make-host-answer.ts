import { hostAnswer } from '../../src/host/host-answer.ts';
import { hostSuite } from '../../src/host/host-suite.ts';
import { statedProfile } from '../../src/host/stated-host.ts';
import type { CellResult } from '../../src/run/results.ts';
import type { SensitivityResult } from '../../src/sensitivity/sensitivity-result.ts';

export const AVIC = '+avic=reactivated-on-nested-exit';

const point = (value: number) => ({ point: value, low: value, high: value });

function unknown(path: string, share: number): SensitivityResult['unknowns'][number] {
  const ends = { low: 30, nominal: 120, high: 500, ratioAtLow: 0.014, ratioAtHigh: 0.007 };
  const shares = { first: point(share), total: point(share) };
  return { path, unit: 'cycles', confidence: 'assumed', ...ends, ...shares };
}

/** An analysis of which an answer needs the interval and the unknowns. */
const ANALYSIS: SensitivityResult = {
  suite: 'mine',
  question: 'What would it save?',
  machine: 'zen4-genoa',
  baseline: 'kvm-6.14',
  strategy: 'rfc-2025-03',
  seeds: 20,
  overSeeds: { savingNs: point(1000), savingRatio: point(0.01) },
  uncertainty: {
    varied: 'prices, sizes and workload',
    savingNs: { point: 1000, low: 100, high: 4000 },
    savingRatio: { point: 0.01, low: 0.001, high: 0.05 },
    verdict: 'saves',
    seedShare: 0.01,
    draws: 1024,
    effectiveDraws: 300,
  },
  unknowns: [
    unknown('workload.hotPages', 0.5),
    unknown('costs.flushAsidCycles', 0.2),
    unknown('frequencyGhz', 0.1),
  ],
  withoutEffect: [],
  plausibleShare: 0.4,
  interpolation: { points: 4, largestError: 0.001 },
  breakEven: null,
  cells: 300,
};

/** The answer for 16 vCPUs with two L2s each: trips of 100,000 ns before, 2,000 ns of which are saved. */
export function makeHostAnswer(known: Partial<SensitivityResult> = {}) {
  const host = {
    exits: [{ reason: 'MSR', perSecond: 40_000 }],
    vcpus: 16,
    l2sPerVcpu: 2,
    workingSetPages: null,
    busyShare: null,
  };
  const suite = hostSuite(statedProfile(host), host, {
    id: 'mine',
    machine: 'zen4-genoa',
    strategy: 'rfc-2025-03',
    l2Trace: null,
    measuredBusyShare: null,
  });
  const cell = (strategy: string, meanNs: number): CellResult =>
    ({
      strategy,
      meanNs,
      walksPerTrip: meanNs / 1000,
      hardwareFlushesPerTrip: strategy.startsWith('kvm') ? 2 : 0.1,
      staleHits: { host: 0, crossVm: 0, guest: 0 },
    }) as CellResult;
  const cells = [
    cell('kvm-6.14', 100_000),
    cell('rfc-2025-03', 98_000),
    cell(`kvm-6.14${AVIC}`, 100_100),
    cell(`rfc-2025-03${AVIC}`, 98_600),
  ];
  return hostAnswer(suite, cells, { ...ANALYSIS, ...known });
}
