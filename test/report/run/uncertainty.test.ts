import { describe, expect, test } from 'vitest';
import { reportDocument } from '../../../src/report/run/sections.ts';
import { uncertaintySection } from '../../../src/report/run/uncertainty.ts';
import { renderSensitivityHtml } from '../../../src/report/sensitivity/page.ts';
import { sensitivitySections } from '../../../src/report/sensitivity/section.ts';
import { renderSensitivity } from '../../../src/report/sensitivity/text.ts';
import type { ComparisonUncertainty, RunSummary } from '../../../src/run/results.ts';
import { makeSensitivity } from '../make-sensitivity.ts';
import { makeSummary, withComparisons } from '../make-summary.ts';

/** The made-up run, with intervals twice as wide as the saving. */
function summaryWith(verdict: ComparisonUncertainty['verdict']): RunSummary {
  return withComparisons(makeSummary(), 'rfc-2025-03', (each) => ({
    ...each,
    uncertainty: {
      varied: 'prices',
      savingNs: { point: each.savingNs.point, low: 100, high: 2 * each.savingNs.point },
      savingRatio: {
        point: each.savingRatio.point,
        low: verdict === 'cannot tell' ? -0.01 : 0.001,
        high: 2 * each.savingRatio.point,
      },
      seedShare: 0.0163,
      verdict,
      draws: 1024,
      effectiveDraws: 505.3,
    },
  }));
}

const textOf = (section: ReturnType<typeof uncertaintySection>) => JSON.stringify(section);

describe('the section on what the numbers could be', () => {
  test('says in how many scenarios the sign holds, with both intervals side by side', () => {
    const section = uncertaintySection(summaryWith('saves'))!;
    expect(section.heading).toBe('The sign holds in 6 scenarios over 95 % of the plausible prices');
    expect(section.tone).toBe('plain');
    const table = section.blocks.find((block) => block.kind === 'figure')!.figure.data;
    expect(table.rows).toHaveLength(6);
    expect(table.rows[0]!.map(({ text }) => text).at(-1)).toBe('saves');
    expect(textOf(section)).toContain('they count as 505');
  });

  test('names where it cannot tell, and is marked', () => {
    const section = uncertaintySection(summaryWith('cannot tell'))!;
    expect(section.heading).toMatch(/^The sign flips inside the plausible prices in 6 of 6/);
    expect(section.heading).toContain('kv-redis-l2');
    expect(section.tone).toBe('bad');
  });

  test('stands in the report after the saving, and is left out where nothing was priced again', () => {
    const ids = (summary: RunSummary) => reportDocument(summary).sections.map(({ id }) => id);
    expect(ids(summaryWith('saves')).slice(0, 2)).toEqual(['saving', 'uncertainty']);
    expect(ids(makeSummary())).not.toContain('uncertainty');
    expect(uncertaintySection(makeSummary())).toBeNull();
  });
});

describe('the page of a sensitivity', () => {
  test('gives the answer, both shares and the rates from which on it saves', () => {
    const text = JSON.stringify(sensitivitySections(makeSensitivity())).replaceAll(
      /[\u202f\u2013]/g,
      ' ',
    );
    expect(text).toContain('It saves, over 95 % of what the numbers could be');
    expect(text).toContain('saves 7.70 % of a round trip (95 % interval 2.6 16.0 %');
    expect(text).toContain('seeds make less than 1 %');
    expect(text).toContain('"at most 1 200"');
    expect(text).toContain('"never"');
    expect(text).toContain('off by at most 2.0 percentage points');
    expect(text).toContain('no effect');
  });

  test('says so where no unknown changes the answer, without empty figures', () => {
    const none = { point: 0, low: 0, high: 0 };
    const unknowns = makeSensitivity().unknowns.map((each) => ({ ...each, total: none }));
    const result = { ...makeSensitivity(), unknowns };
    expect(renderSensitivity(result)).toContain('No unknown changes the answer.');
    expect(JSON.stringify(sensitivitySections(result))).not.toContain('figure-sobol');
  });

  test('leaves the map out for a workload without an L2', () => {
    const sections = sensitivitySections({ ...makeSensitivity(), breakEven: null });
    expect(sections.map(({ id }) => id)).toEqual(['sensitivity']);
  });

  test('is the same bytes each time, with three figures, and escapes what a suite says', async () => {
    const evil = { ...makeSensitivity(), question: '<script>alert(1)</script>' };
    const page = await renderSensitivityHtml(evil);
    expect(await renderSensitivityHtml(evil)).toBe(page);
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;');
    for (const id of ['figure-sobol', 'figure-tornado', 'figure-break-even']) {
      expect(page).toContain(id);
    }
  });

  test('is a table of 80 columns in a terminal, without what explains nothing', () => {
    const text = renderSensitivity(makeSensitivity());
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toContain('workload.exitsPerSecond');
    expect(text).not.toMatch(/^costs\.invlpgCycles/m);
  });
});
