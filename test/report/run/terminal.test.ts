import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderMail } from '../../../src/report/run/mail.ts';
import { renderMarkdown } from '../../../src/report/run/markdown.ts';
import { renderTerminal } from '../../../src/report/run/terminal.ts';
import type { RunSummary } from '../../../src/run/results.ts';
import { makeSummary, withComparisons } from '../make-summary.ts';

function longestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

function renamed(summary: RunSummary, id: string, strategy: string): RunSummary {
  const scenarios = summary.scenarios.map((scenario) => ({ ...scenario, id }));
  return withComparisons({ ...summary, scenarios }, 'rfc-2025-03', (each) => ({
    ...each,
    strategy,
    before: { point: 123456789, low: 0, high: 0 },
    savingRatio: { point: -123.4, low: -150.2, high: -100.1 },
    staleHits: { host: 1000000, crossVm: 2000000, guest: 1 },
  }));
}

describe('the table in a terminal', () => {
  test('shows before, after, saving, whole interval and verdict, then answer and safety', () => {
    const lines = renderTerminal(makeSummary()).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'modelled        before ns  after ns   saving       95 % in all  verdict',
      '-'.repeat(71),
      'cpuid-npt-shadow',
      '  rfc-2025-03       5,251     4,554   13.3 %      13.0..13.5 %    saves',
    ]);
    expect(lines).toContain('cpuid-npt-npt (fitted, no prediction)');
    const text = lines.join(' ');
    expect(text).toContain(
      'On zen3-milan a per-L2 ASID without transition flushes (rfc-2025-03) saves',
    );
    expect(text).toContain('By the checker:  - kvm-6.14: not checked');
    expect(text).toMatch(/asidbench\s+check\s+--quick\s+--strategy\s+NAME/);
  });

  test('is ASCII only', () => {
    expect(renderTerminal(makeSummary())).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test('has at most 80 columns whatever the names and figures are', () => {
    const words = fc.string({ maxLength: 120 });
    fc.assert(
      fc.property(words, words, (id, strategy) => {
        expect(longestLine(renderTerminal(renamed(makeSummary(), id, strategy)))).toBeLessThan(81);
      }),
      { seed: 20250326, numRuns: 60 },
    );
  });

  test('lets no control character of a name through', () => {
    const text = renderTerminal(renamed(makeSummary(), '\u001b[2Jx', '\u0007y'));
    expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
  });

  test('names events that the seeds may have missed, as mail and Markdown do', () => {
    const unseen = { events: ['migrations', 'hostUnmaps'], savingNs: 37.6 };
    const summary = withComparisons(makeSummary(), 'rfc-2025-03', (each) => ({ ...each, unseen }));
    const words = (text: string) => text.replace(/\s+/g, ' ');
    const sentence =
      'Some events are so rare that the seeds may have missed them: migrations and hostUnmaps in ' +
      'cpuid-npt-npt on zen3-milan (37.6 ns)';
    const renderings = [renderTerminal, renderMail, renderMarkdown];
    for (const render of renderings) {
      expect(words(render(summary))).toContain(sentence);
      expect(render(makeSummary())).not.toContain('may have missed');
    }
  });

  test('lists the expectations that do not hold', () => {
    const summary = makeSummary();
    const scenarios = summary.scenarios.map((scenario) => ({
      ...scenario,
      expectations: scenario.expectations.map((each) => ({ ...each, met: false })),
    }));
    const text = renderTerminal({ ...summary, scenarios });
    expect(text).toContain('12 of 12 expectations do not hold:');
    expect(text).toContain('- pio-npt-npt: rfc-2025-03 saves at least 2 % (');
  });
});
