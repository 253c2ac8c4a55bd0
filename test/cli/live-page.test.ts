import { describe, expect, test } from 'vitest';
import { liveSuites } from '../../src/cli/running/live-cells.ts';
import { livePage } from '../../src/cli/running/live-page.ts';
import { DEFAULT_BASELINE } from '../../src/hypervisor/strategies.ts';
import { fragmentOfState, stateOfFragment } from '../../src/live/live-state.ts';
import type { RunSummary } from '../../src/run/results.ts';
import { summarize } from '../../src/run/summarize.ts';
import { cells, manifest } from '../export/cells.ts';

const summary = summarize(manifest, cells);

/** The same run, had its suites compared `strategy` with `baseline`. */
function comparing(baseline: string, strategy: string): RunSummary {
  return {
    ...summary,
    manifest: { ...manifest, baseline },
    scenarios: summary.scenarios.map((scenario) => ({
      ...scenario,
      comparisons: scenario.comparisons
        .slice(0, 1)
        .map((comparison) => ({ ...comparison, baseline, strategy })),
    })),
  };
}

describe('what a page starts with and offers', () => {
  test.each([
    ['kvm-6.14', 'rfc-2025-03'],
    ['rfc-2025-03', 'kvm-6.14'],
    ['rfc-2025-03', 'rfc-2026-06'],
    ['a strategy that was made with --set', 'rfc-2025-03'],
    ['kvm-6.14', 'a strategy that was made with --set'],
  ])('can be said in a link, of a run that compares %s with %s', (baseline, strategy) => {
    const { state, strategies } = livePage(comparing(baseline, strategy));
    const [first, ...offered] = strategies;
    expect(first).toBe(DEFAULT_BASELINE);
    expect(offered).toContain('rfc-2025-03');
    expect(new Set(strategies).size).toBe(strategies.length);
    expect(offered).toContain(state.strategy);
    for (const each of offered) {
      const chosen = { ...state, strategy: each };
      expect(stateOfFragment(fragmentOfState(chosen))).toEqual(chosen);
    }
  });

  test('is compared with the same baseline in all scenarios', () => {
    expect(new Set(liveSuites().map(({ baseline }) => baseline))).toEqual(
      new Set([DEFAULT_BASELINE]),
    );
  });
});
