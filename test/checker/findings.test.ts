import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { OBLIGATION_IDS } from '../../src/checker/obligations.ts';
import { VIOLATION_CLASSES } from '../../src/checker/shrink.ts';
import { expectViolation, runsHarmless } from './expect-violation.ts';

/**
 * Blocks of docs/evidence/findings.md: strategy, class and obligation; where it goes wrong too; where it is harmless;
 * the transcript.
 */
const BLOCK =
  /```\n# ([^:\n]+): (\w+), ([^\n]+)\n# also: ([^\n]+)\n# harmless: ([^\n]+)\n(world [\s\S]*?)```/g;
const FINDINGS = readFileSync('docs/evidence/findings.md', 'utf8');
const findings = [...FINDINGS.matchAll(BLOCK)].map(
  ([, strategy = '', cls = '', obligation = '', also = '', harmless = '', transcript = '']) => ({
    strategy,
    class: VIOLATION_CLASSES.find((each) => each === cls)!,
    obligation: OBLIGATION_IDS.find((each) => each === obligation)!,
    also: listed(also),
    harmless: listed(harmless),
    transcript,
  }),
);

function listed(text: string): readonly string[] {
  return text === 'none' ? [] : text.split(', ');
}

describe('docs/evidence/findings.md', () => {
  test('has its transcripts', () => {
    expect(findings.length).toBe(FINDINGS.match(/^world /gm)?.length);
    expect(findings.length).toBeGreaterThanOrEqual(25);
  });

  test.each(findings.map((each, i) => [i + 1, each.strategy, each.obligation, each] as const))(
    'transcript %d is a violation of %s, %s, and of others where it says so',
    (_, strategy, __, finding) => {
      const { transcript, obligation } = finding;
      expectViolation(strategy, transcript, { class: finding.class, obligation });
      const others = [...finding.also, ...finding.harmless];
      expect(others.filter((other) => runsHarmless(other, transcript))).toEqual(finding.harmless);
    },
  );
});
