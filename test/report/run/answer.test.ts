import { describe, expect, test } from 'vitest';
import { ASCII } from '../../../src/report/blocks/numbers.ts';
import { answerSentence, direction, findingTitle } from '../../../src/report/run/answer.ts';
import { reportModel } from '../../../src/report/run/model.ts';
import type { Comparison, RunSummary } from '../../../src/run/results.ts';
import { UserError } from '../../../src/util/user-error.ts';
import { makeSummary, withComparisons } from '../make-summary.ts';

const answer = (summary: RunSummary): string => answerSentence(reportModel(summary), ASCII);
const title = (summary: RunSummary): string => findingTitle(reportModel(summary), ASCII);

function firstScenarioOnly(summary: RunSummary): RunSummary {
  return { ...summary, scenarios: summary.scenarios.slice(0, 1) };
}

function saving(ns: number, low: number, ratio: number, high: number) {
  return (each: Comparison): Comparison => ({
    ...each,
    savingNs: { point: ns, low: ns, high: ns },
    savingRatio: { point: ratio, low, high },
  });
}

const withSaving = (change: (each: Comparison) => Comparison): RunSummary =>
  withComparisons(makeSummary(), 'rfc-2025-03', change);

describe('the direction of a saving', () => {
  test('needs the whole interval on one side of zero', () => {
    expect(direction({ point: 0.02, low: 0.01, high: 0.03 })).toBe('saves');
    expect(direction({ point: -0.02, low: -0.03, high: -0.01 })).toBe('costs');
    expect(direction({ point: 0.02, low: -0.01, high: 0.05 })).toBe('undecided');
    expect(direction({ point: 0, low: 0, high: 0 })).toBe('undecided');
  });
});

describe('the answer', () => {
  test('names machine, strategy, saving, interval and the span over what was predicted in one sentence', () => {
    expect(answer(makeSummary())).toBe(
      'On zen3-milan a per-L2 ASID without transition flushes (rfc-2025-03) saves 4,193 ns (12.5 %, 95 % interval ' +
        '11.5..13.4 % over seeds) of each round trip of kv-redis-l2; over 5 predicted scenarios it saves 6..13 %.',
    );
  });

  test('says what AVIC takes away again, where the run is of a host without it', () => {
    const summary = makeSummary();
    const under = (avic: string): RunSummary => ({
      ...summary,
      manifest: {
        ...summary.manifest,
        strategies: summary.manifest.strategies.map((each) => ({
          ...each,
          behaviour: { ...each.behaviour, avic },
        })),
      },
    });
    const clause =
      /; half of it or more may be gone where guests use AVIC, .* \(suite cpuid-avic\);/;
    expect(answer(under('not-in-use'))).toMatch(clause);
    expect(answer(under('reactivated-on-nested-exit'))).not.toMatch(/AVIC/);
    expect(answer(summary)).not.toMatch(/AVIC/);
  });

  test('says what a losing strategy adds, with positive figures', () => {
    expect(answer(withSaving(saving(-310, -0.0822, -0.0796, -0.077)))).toBe(
      'On zen3-milan a per-L2 ASID without transition flushes (rfc-2025-03) adds 310 ns (7.96 %, 95 % interval 7.70..8.22 % ' +
        'over seeds) to each round trip of cpuid-npt-shadow; over 5 predicted scenarios it costs 8 %.',
    );
  });

  test('does not call a saving what may be a loss', () => {
    const text = answer(firstScenarioOnly(withSaving(saving(3, -0.003, 0.001, 0.004))));
    expect(text).toBe(
      'On zen3-milan a per-L2 ASID without transition flushes (rfc-2025-03) makes no clear difference to a CPUID exit from ' +
        'L2 with NPT in L0 and L1 (saving 0.10 %, 95 % interval -0.30 to 0.40 % over seeds); this is the setup that the model was fitted to.',
    );
  });

  test('shows both ends when some scenarios lose', () => {
    const summary = makeSummary();
    const scenarios = summary.scenarios.map((scenario, index) => ({
      ...scenario,
      comparisons:
        index === 5
          ? scenario.comparisons.map(saving(-50, -0.03, -0.02, -0.01))
          : scenario.comparisons,
    }));
    expect(answer({ ...summary, scenarios })).toContain(
      'over 5 predicted scenarios it does between 3.00 % worse and 13.5 % better.',
    );
  });

  test('calls a strategy with stale hits unsafe, in every class that occurred', () => {
    const unsafe = withSaving((each) => ({
      ...each,
      staleHits: { host: 1, crossVm: 0, guest: 200 },
    }));
    expect(answer(unsafe)).toMatch(
      /; but 1,206 stale translations \(6 to memory that the host took back, 1,200 inside one L1\) were used, so it is unsafe and its times count for nothing\.$/,
    );
  });

  test('speaks of a single stale hit in the singular', () => {
    const unsafe = withSaving((each) => ({
      ...each,
      staleHits: { host: 0, crossVm: 1, guest: 0 },
    }));
    expect(answer(firstScenarioOnly(unsafe))).toContain(
      'but 1 stale translation (1 of another VM) was used',
    );
  });

  test('agrees with a plural strategy', () => {
    const summary = makeSummary();
    const renamed = withComparisons(summary, 'rfc-2025-03', (each) => ({
      ...each,
      strategy: 'rfc-2026-06',
    }));
    expect(answer(renamed)).toMatch(/two static ASIDs per vCPU \(rfc-2026-06\) save .* they save/);
  });

  test('calls an unknown strategy and scenario by their ids', () => {
    const summary = firstScenarioOnly(makeSummary());
    const scenarios = summary.scenarios.map(({ words: _, ...scenario }) => ({
      ...scenario,
      id: 'my-trace',
      comparisons: scenario.comparisons.map((each) => ({ ...each, strategy: 'mine' })),
    }));
    expect(answer({ ...summary, scenarios })).toMatch(
      /^On zen3-milan mine saves 579 ns .* of each round trip of my-trace\.$/,
    );
  });

  test('is refused with a cure when nothing was compared', () => {
    const empty = { ...makeSummary(), scenarios: [] };
    expect(() => answer(empty)).toThrow(UserError);
    expect(() => answer(empty)).toThrow(
      /^results: they hold no comparison of two strategies\. Run .*\.$/,
    );
  });
});

describe('the title', () => {
  test('states the finding in words', () => {
    expect(title(firstScenarioOnly(makeSummary()))).toBe('A CPUID exit gets 579 ns shorter');
    expect(title(makeSummary())).toBe(
      'A per-L2 ASID without transition flushes saves 6.4..13.5 %, by workload',
    );
  });

  test('states a loss as a loss', () => {
    const loses = withSaving(saving(-310, -0.09, -0.08, -0.07));
    expect(title(loses)).toBe('A round trip gets 310 ns longer');
  });

  test('calls a strategy that used a stale translation unsafe, however much it saves', () => {
    const unsafe = withSaving((each) => ({
      ...each,
      staleHits: { host: 0, crossVm: 0, guest: 1 },
    }));
    expect(title(unsafe)).toBe('rfc-2025-03 is unsafe: it used stale translations');
  });

  test('states that nothing changed when the interval contains zero', () => {
    const open = withSaving(saving(3, -0.003, 0.001, 0.004));
    expect(title(open)).toBe('A round trip takes as long as before');
  });
});
