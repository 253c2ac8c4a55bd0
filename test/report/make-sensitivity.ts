import type { SensitivityResult, UnknownEffect } from '../../src/sensitivity/sensitivity-result.ts';

const around = (point: number, half: number) => ({ point, low: point - half, high: point + half });

function unknown(path: string, first: number, total: number, low: number, high: number) {
  const effect: UnknownEffect = {
    path,
    unit: 'cycles',
    low: 30,
    nominal: 150,
    high: 500,
    confidence: 'assumed',
    first: around(first, 0.02),
    total: around(total, 0.03),
    ratioAtLow: low,
    ratioAtHigh: high,
  };
  return effect;
}

/** A made-up analysis with one of everything: a long swing, a short one, one that explains nothing. */
export function makeSensitivity(): SensitivityResult {
  const ratios = [0.004, 0.03, 0.07, 0.15, 0.3];
  const rates = [1000, 3000, 10_000, 30_000, 100_000];
  return {
    suite: 'kv-redis-l2',
    question: 'How much does it save for a Redis server in L2?',
    machine: 'zen3-milan',
    baseline: 'kvm-6.14',
    strategy: 'rfc-2025-03',
    seeds: 20,
    overSeeds: { savingNs: around(2300, 60), savingRatio: around(0.077, 0.004) },
    uncertainty: {
      varied: 'prices, sizes and workload',
      savingNs: { point: 2300, low: 900, high: 4100 },
      savingRatio: { point: 0.077, low: 0.026, high: 0.16 },
      seedShare: 0.0004,
      verdict: 'saves',
      draws: 1024,
      effectiveDraws: 445.2,
    },
    unknowns: [
      unknown('workload.exitsPerSecond', 0.5, 0.6, 0.041, 0.116),
      unknown('costs.flushAsidCycles', 0.2, 0.25, 0.087, 0.05),
      unknown('costs.invlpgCycles', 0, 0.0001, 0.077, 0.0771),
    ],
    withoutEffect: ['costs.invlpgbNanoseconds'],
    plausibleShare: 0.58,
    interpolation: { points: 4, largestError: 0.0196 },
    breakEven: {
      exitsPerSecond: rates,
      rows: [32, 512].map((workingSetPages, i) => ({
        workingSetPages,
        savingRatios: ratios.map((ratio) => ratio * (i + 1)),
        points: [
          { savingRatio: 0.01, reached: i === 0 ? 'within' : 'below', exitsPerSecond: 1234 },
          { savingRatio: 0.05, reached: 'within', exitsPerSecond: 6200 },
          { savingRatio: 0.1, reached: 'never', exitsPerSecond: null },
        ],
      })),
    },
    cells: 350,
  };
}
