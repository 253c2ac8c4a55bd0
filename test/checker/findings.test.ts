import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OBLIGATION_IDS } from '../../src/checker/obligations.ts';
import { VIOLATION_CLASSES } from '../../src/checker/shrink.ts';
import { expectViolation, runsHarmless } from './expect-violation.ts';

/** Blocks of FINDINGS.md: strategy, class and obligation; where it is harmless; the transcript. */
const BLOCK = /```\n# ([^:\n]+): (\w+), ([^\n]+)\n# harmless: ([^\n]+)\n(world [\s\S]*?)```/g;
const findings = [...readFileSync('FINDINGS.md', 'utf8').matchAll(BLOCK)].map(
  ([, strategy = '', cls = '', obligation = '', harmless = '', transcript = '']) => ({
    strategy,
    class: VIOLATION_CLASSES.find((each) => each === cls)!,
    obligation: OBLIGATION_IDS.find((each) => each === obligation)!,
    harmless: harmless === 'none' ? [] : harmless.split(', '),
    transcript,
  }),
);

describe('FINDINGS.md', () => {
  test('has its transcripts', () => {
    expect(findings.length).toBeGreaterThanOrEqual(15);
  });

  test.each(findings.map((each, i) => [i + 1, each.strategy, each.obligation, each] as const))(
    'transcript %d is a violation of %s, %s, and harmless where it says so',
    (_, strategy, __, finding) => {
      const { transcript, obligation } = finding;
      expectViolation(strategy, transcript, { class: finding.class, obligation });
      const harmless = finding.harmless.filter((other) => runsHarmless(other, transcript));
      expect(harmless).toEqual(finding.harmless);
    },
  );
});
