import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { worldById } from '../../src/checker/mutant-worlds.ts';
import { perform } from '../../src/checker/narrate.ts';
import { parseTranscript } from '../../src/checker/transcript.ts';
import { PATCHES } from '../../src/hypervisor/patches.ts';
import { type Strategy, strategyAfter, strategyWithout } from '../../src/hypervisor/strategies.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { savingsBetween } from '../../src/series/costs.ts';
import type { FoundViolation, SeriesReport } from '../../src/series/series.ts';
import { shippedSuites } from '../../src/suite/load-suite.ts';
import { planCells } from '../../src/suite/plan.ts';

const STORED: SeriesReport & { scenarios: string[] } = JSON.parse(
  readFileSync('data/series/series.json', 'utf8'),
);

/** Whether a stored transcript still ends in something wrong. */
function goesWrong(strategy: Strategy, { world, transcript }: FoundViolation, mended: boolean) {
  const { events } = parseTranscript(transcript.join('\n'), strategy.id);
  const behaviour = { ...strategy.behaviour, ...(mended ? { forcedLeave: 'flush-and-sync' } : {}) };
  const told = perform(worldById(world), behaviour as Strategy['behaviour'], events, true);
  return told.impossible === null && told.wrong !== null;
}

describe('data/series/series.json', () => {
  test('is of the patches as they are now', () => {
    expect(
      STORED.patches.map(({ number, subject, changes }) => ({ number, subject, changes })),
    ).toEqual(PATCHES.map(({ number, subject, changes }) => ({ number, subject, changes })));
  });

  test('has transcripts that go wrong without the patch and not with all of them', () => {
    let count = 0;
    for (const { number, dropped } of STORED.patches) {
      if (dropped.violation === null) continue;
      expect(goesWrong(strategyWithout([number]), dropped.violation, false), `${number}`).toBe(
        true,
      );
      expect(goesWrong(strategyAfter(24), dropped.violation, false), `${number}`).toBe(false);
      count += 1;
    }
    expect(count).toBe(13);
  });

  test('has transcripts that go wrong after a prefix and not before the series', () => {
    for (const { after, violation } of STORED.prefixes) {
      if (violation === null) continue;
      expect(goesWrong(strategyAfter(after), violation, true), `${after}`).toBe(true);
      expect(goesWrong(strategyAfter(0), violation, true), `${after}`).toBe(false);
    }
  });

  test('has the saving that the code computes', () => {
    const suites = shippedSuites()
      .filter(({ id }) => id === STORED.scenarios[0])
      .map((suite) => ({ ...suite, baseline: 'rfc-2025-03@23' }));
    const cells = planCells({
      suites,
      machines: null,
      strategies: [strategyAfter(23), strategyAfter(24)],
      seeds: 10,
      jobs: 1,
      command: '',
    }).map((cell) => runCell(cell));
    const [saving] = savingsBetween(cells, 'rfc-2025-03@23', 'rfc-2025-03@24');
    const stored = STORED.patches[23]!.saving!;
    expect(saving!.savingNs.point).toBeCloseTo(stored.savingNs.point, 6);
  });
});
