import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAIL_COLUMNS, renderMail } from '../../../src/report/run/mail.ts';
import { parseManifest, parseResults } from '../../../src/run/parse-run.ts';
import type { RunSummary } from '../../../src/run/results.ts';
import { summarize } from '../../../src/run/summarize.ts';
import { makeSummary, withComparisons } from '../make-summary.ts';

function longLines(text: string): string[] {
  return text.split('\n').filter((line) => line.length > MAIL_COLUMNS);
}

/** The summary with its scenarios and one of its strategies called otherwise. */
function renamed(scenario: string, strategy: string): RunSummary {
  const summary = makeSummary();
  const scenarios = summary.scenarios.map((each) => ({ ...each, id: scenario }));
  const strategies = summary.manifest.strategies.map((each) =>
    each.id === 'flush-always' ? { ...each, id: strategy } : each,
  );
  const manifest = { ...summary.manifest, strategies };
  return withComparisons({ manifest, scenarios }, 'flush-always', (each) => ({
    ...each,
    strategy,
  }));
}

describe('the report as a mail', () => {
  const mail = renderMail(makeSummary());

  test('matches the golden file', async () => {
    await expect(mail).toMatchFileSnapshot('../../golden/mail.txt');
  });

  test('is ASCII in at most 72 columns', () => {
    expect(longLines(mail)).toEqual([]);
    expect(mail).toMatch(/^[\n\x20-\x7e]*$/);
  });

  test('says first that nothing was measured, and last how to do it again', () => {
    expect(mail.split('\n')[0]).toBe('Results (modelled, not measured)');
    expect(mail.trimEnd().split('\n').pop()).toBe('  npm run bench -- run headline --seeds 10');
  });

  test('marks the scenario that was fitted, and no other', () => {
    const marked = mail.split('\n').filter((line) => /\[\*\] +-?\d/.test(line));
    // Once in the table of the strategy, once in that of the others.
    expect(marked.map((line) => line.split(' ')[0])).toEqual(['cpuid-npt-npt', 'cpuid-npt-npt']);
  });

  test('shows the interval with the unknown numbers where a run has it', () => {
    const uncertain = withComparisons(makeSummary(), 'rfc-2025-03', (each) => ({
      ...each,
      uncertainty: {
        varied: 'prices',
        savingNs: { point: 1, low: -2, high: 9 },
        savingRatio: { point: 0.1, low: -0.2, high: 0.9 },
        seedShare: 0.01,
        verdict: 'cannot tell',
        draws: 1024,
        effectiveDraws: 500,
      },
    }));
    const text = renderMail(uncertain);
    expect(text).toMatch(/^pio-npt-npt .* \[-20\.0, 90\.0\]\?$/m);
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'with the prices anywhere in their ranges (a question mark: the sign is open)',
    );
    expect(text.replaceAll(/\s+/g, ' ')).toContain('The prices are drawn 1,024 times');
    expect(longLines(text)).toEqual([]);
  });

  test('adds the parts of a round trip up to its whole', () => {
    const lines = mail.split('\n');
    const start = lines.findIndex((line) => /^cpuid-npt-npt +before/.test(line)) + 2;
    const end = lines.findIndex((line) => line.startsWith('Round trip'));
    const numbers = lines.slice(start, end + 1).map((line) => {
      const saved = /(-?[\d,]+)$/.exec(line)?.[1] ?? '';
      return Number(saved.replaceAll(',', ''));
    });
    const total = numbers.pop() ?? Number.NaN;
    // Each is rounded by itself.
    expect(Math.abs(numbers.reduce((a, b) => a + b, 0) - total)).toBeLessThan(numbers.length / 2);
    expect(numbers.length).toBeGreaterThan(4);
  });

  test('calls a strategy with stale hits unsafe', () => {
    const staleHits = { host: 0, crossVm: 2, guest: 1 };
    const unsafe = withComparisons(makeSummary(), 'ideal', (each) => ({ ...each, staleHits }));
    expect(renderMail(unsafe).replaceAll(/\s+/g, ' ')).toContain(
      'UNSAFE: ideal used 18 stale translations (12 of another VM, 6 inside one L1); its times count for nothing.',
    );
    expect(renderMail(unsafe)).toContain('ideal (UNSAFE)');
  });

  test('lists the expectations that do not hold', () => {
    const summary = makeSummary();
    const scenarios = summary.scenarios.map((scenario) => ({
      ...scenario,
      expectations: scenario.expectations.map((each) => ({ ...each, met: false })),
    }));
    const text = renderMail({ ...summary, scenarios });
    expect(text).toContain('12 of 12 expectations do not hold:\n  cpuid-npt-npt: ');
    expect(longLines(text)).toEqual([]);
  });

  test('has a table for each machine', () => {
    const summary = makeSummary();
    const other = { ...summary.manifest.machines[0]!, id: 'zen5-turin' };
    const machines = [...summary.manifest.machines, other];
    const scenarios = [
      ...summary.scenarios,
      ...summary.scenarios.map((each) => ({ ...each, machine: 'zen5-turin' })),
    ];
    const text = renderMail({ manifest: { ...summary.manifest, machines }, scenarios });
    expect(text).toMatch(/^zen3-milan +before/m);
    expect(text).toMatch(/^zen5-turin +before/m);
    expect(longLines(text)).toEqual([]);
  });

  test('keeps to its columns and keeps every name whole, however long', () => {
    const id = fc.stringMatching(/^[a-z][a-z0-9.-]{0,63}$/);
    fc.assert(
      fc.property(id, id, (scenario, strategy) => {
        const text = renderMail(renamed(scenario, strategy));
        expect(longLines(text)).toEqual([]);
        expect(text).toContain(scenario);
        expect(text).toContain(strategy);
      }),
      { seed: 20250326, numRuns: 60 },
    );
  });
});

test('the example as a mail fits 72 columns', () => {
  const read = (name: string) => readFileSync(`reports/example/${name}`, 'utf8');
  const manifest = parseManifest(read('manifest.json'), 'manifest.json');
  const cells = parseResults(read('results.jsonl'), 'results.jsonl');
  const mail = renderMail(summarize(manifest, cells));
  expect(longLines(mail)).toEqual([]);
  for (const { id } of manifest.scenarios) expect(mail).toContain(`\n${id} `);
});
