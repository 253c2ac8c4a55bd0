import { describe, expect, it, test } from 'vitest';
import { judgeExpectations, type ScenarioEvidence } from '../../src/run/expectations.ts';
import { summarize } from '../../src/run/summarize.ts';
import { makeCell, makeManifest } from './make-cells.ts';

const CLEAN = { host: 0, crossVm: 0, guest: 0 };

/** Evidence of three seeds under the baseline at 4000 ns and the strategy at the given times. */
function evidenceOf(
  times: readonly number[],
  changes: Partial<ScenarioEvidence> = {},
): ScenarioEvidence {
  const cells = times.flatMap((time, seed) => [
    makeCell('kvm-6.14', seed, 4000),
    makeCell('rfc-2025-03', seed, time),
  ]);
  const [scenario] = summarize(makeManifest(), cells).scenarios;
  return {
    comparisons: scenario!.comparisons,
    staleHits: new Map([
      ['kvm-6.14', CLEAN],
      ['rfc-2025-03', CLEAN],
    ]),
    strategiesOfRun: ['kvm-6.14', 'rfc-2025-03'],
    strategiesOfSuite: ['kvm-6.14', 'rfc-2025-03'],
    pairedSavingNs: () => undefined,
    ...changes,
  };
}

const judgeOne = (...args: Parameters<typeof judgeExpectations>) => judgeExpectations(...args)[0];

test('an expectation that a strategy saves more than another is not met where no two seeds have both', () => {
  const more = [{ strategy: 'ideal', savesMoreThan: 'rfc-2025-03' }] as const;
  const judged = (low: number | null) =>
    judgeOne(
      more,
      evidenceOf([3400, 3420], {
        strategiesOfRun: ['kvm-6.14', 'rfc-2025-03', 'ideal'],
        pairedSavingNs: () => (low === null ? undefined : { low, point: low + 1, high: low + 2 }),
      }),
    );
  expect(judged(null)).toMatchObject({ met: false, detail: 'no two seeds of both to compare' });
  expect(judged(0)).toMatchObject({ met: false });
  expect(judged(1)).toMatchObject({ met: true });
});

describe('an expectation that a strategy saves', () => {
  const saves = [{ strategy: 'rfc-2025-03', saves: true }] as const;

  it('is met when the whole interval is above 0', () => {
    const outcome = judgeOne(saves, evidenceOf([3400, 3420, 3380]));
    expect(outcome).toMatchObject({ text: 'rfc-2025-03 saves time', met: true });
    expect(outcome!.detail).toBe(
      'saves 600.0 ns (15.00 %); 95 % interval 550.3 to 649.7 ns, 13.76 to 16.24 %',
    );
  });

  it('is not met when the interval reaches below 0, though the mean is a saving', () => {
    const outcome = judgeOne(saves, evidenceOf([3400, 4100, 4100]));
    expect(outcome!.met).toBe(false);
  });

  it('is not met by one seed, which has no interval', () => {
    const outcome = judgeOne(saves, evidenceOf([3400]));
    expect(outcome).toMatchObject({ met: false });
    expect(outcome!.detail).toContain('one seed, so no interval');
  });

  it('is met by two seeds, which have one', () => {
    expect(judgeOne(saves, evidenceOf([3400, 3401]))).toMatchObject({ met: true });
  });

  it('is not met without results', () => {
    const outcome = judgeOne(saves, evidenceOf([3400, 3400], { comparisons: [] }));
    expect(outcome).toMatchObject({ met: false, detail: 'no results to compare' });
  });
});

describe('an expectation that a strategy saves at most a share', () => {
  const atMost = [{ strategy: 'rfc-2025-03', savesAtMostRatio: 0.02 }] as const;

  it('is met by a small saving and by a small loss', () => {
    expect(judgeOne(atMost, evidenceOf([3960, 3970, 3980]))!.met).toBe(true);
    expect(judgeOne(atMost, evidenceOf([4040, 4030, 4020]))!.met).toBe(true);
  });

  it('is not met when an end of the interval goes beyond it', () => {
    expect(judgeOne(atMost, evidenceOf([3960, 3800, 3980]))!.met).toBe(false);
    expect(judgeOne(atMost, evidenceOf([4040, 4200, 4020]))!.met).toBe(false);
  });
});

describe('an expectation of no stale hits', () => {
  const none = [{ staleHits: 'none' as const, strategies: ['kvm-6.14', 'rfc-2025-03'] }];

  it('is met when no strategy has any', () => {
    expect(judgeOne(none, evidenceOf([3400, 3400]))!.met).toBe(true);
  });

  it.each(['host', 'crossVm', 'guest'])('is not met by a single hit of class %s', (kind) => {
    const staleHits = new Map([
      ['kvm-6.14', CLEAN],
      ['rfc-2025-03', { ...CLEAN, [kind]: 1 }],
    ]);
    const outcome = judgeOne(none, evidenceOf([3400, 3400], { staleHits }));
    expect(outcome!.met).toBe(false);
    expect(outcome!.detail).toMatch(/^rfc-2025-03: /);
  });

  it('is not met by a strategy without results', () => {
    const staleHits = new Map([['kvm-6.14', CLEAN]]);
    const outcome = judgeOne(none, evidenceOf([3400, 3400], { staleHits }));
    expect(outcome).toMatchObject({ met: false, detail: 'rfc-2025-03: no results' });
  });
});

it('an expectation about a strategy that the run left out is left out', () => {
  const expectations = [
    { strategy: 'ideal', saves: true as const },
    { staleHits: 'none' as const, strategies: ['ideal'] },
  ];
  expect(judgeExpectations(expectations, evidenceOf([3400, 3400]))).toEqual([]);
});
