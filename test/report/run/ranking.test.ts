import { describe, expect, test } from 'vitest';
import { leadFigure } from '../../../src/report/run/lead.ts';
import { reportModel } from '../../../src/report/run/model.ts';
import { intervalWords } from '../../../src/report/run/ranking.ts';
import { breakEvenSection } from '../../../src/report/sensitivity/break-even.ts';
import { renderSensitivityHtml } from '../../../src/report/sensitivity/page.ts';
import { sensitivitySection } from '../../../src/report/sensitivity/section.ts';
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

const leadOf = (summary: RunSummary) => leadFigure(reportModel(summary));

describe('the ranking that a report opens with', () => {
  test('has the whole interval first, that over seeds beside it, and whether the sign holds', () => {
    const { data, caption } = leadOf(summaryWith('saves'));
    expect(data.columns.map(({ label }) => label).slice(0, 4)).toEqual([
      'Workload',
      'Saving',
      '95 % interval',
      'Verdict',
    ]);
    expect(data.rows).toHaveLength(6);
    expect(data.rows[0]!.map(({ text }) => text).slice(2, 4)).toEqual(['0.1–26.5\u202f%', 'saves']);
    expect(data.rows[0]!.map(({ text }) => text)).toContain('seeds, prices');
    expect(caption).not.toContain('cannot be told');
  });

  test('puts what was fitted last and marks it', () => {
    const { data, caption } = leadOf(makeSummary());
    expect(data.rows.at(-1)![0]!.text).toBe('cpuid-npt-npt (fitted)');
    expect(data.rows.filter(([name]) => name!.text.includes('(fitted)'))).toHaveLength(1);
    expect(caption).toContain('it is no prediction');
  });

  test('says in how many rows the sign is open', () => {
    expect(leadOf(summaryWith('cannot tell')).caption).toContain('In 6 rows it crosses 0');
  });

  test('calls workloads what their suites call them', () => {
    const summary = makeSummary();
    const scenarios = summary.scenarios.map((each) => ({
      ...each,
      words: { trip: 'exit', setup: 'of it', label: `label of ${each.id}` },
    }));
    const [first] = leadOf({ ...summary, scenarios }).data.rows;
    expect(first![0]!.text).toBe('label of cpuid-npt-shadow');
    expect(first!.at(-1)!.text).toBe('cpuid-npt-shadow');
  });

  test('says how the intervals were made, where they were', () => {
    expect(intervalWords(reportModel(summaryWith('saves')))).toContain('they count as 505');
    expect(intervalWords(reportModel(makeSummary()))).toBeNull();
  });
});

describe('the page of a sensitivity', () => {
  test('gives the answer, both shares and the rates from which on it saves', () => {
    const text = JSON.stringify([
      sensitivitySection(makeSensitivity()),
      breakEvenSection(makeSensitivity().breakEven!),
    ]).replaceAll(/[\u202f\u2013]/g, ' ');
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
    expect(JSON.stringify(sensitivitySection(result))).not.toContain('figure-sobol');
  });

  test('leaves the map out for a workload without an L2', async () => {
    const page = await renderSensitivityHtml({ ...makeSensitivity(), breakEven: null });
    expect(page).not.toContain('break-even');
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
