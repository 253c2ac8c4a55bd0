import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../../src/compare/compare-runs.ts';
import { judgeGate } from '../../../src/compare/gate.ts';
import { renderComparisonHtml } from '../../../src/report/comparison/page.ts';
import { renderComparison } from '../../../src/report/comparison/text.ts';
import { makeCells, makeSide } from '../../compare/make-side.ts';

const BEFORE = [1000, 1010, 990, 1005, 995, 1003, 997, 1001];
const times = (factor: number) => BEFORE.map((ns) => ns * factor);

/** One scenario for each verdict. */
const a = makeSide('reports/a', [
  ...['same', 'near', 'fast', 'slow', 'open', 'bad'].flatMap((scenario) =>
    makeCells(BEFORE, { scenario }),
  ),
  ...makeCells([1000], { scenario: 'few' }),
]);
const b = makeSide('reports/b', [
  ...makeCells(BEFORE, { scenario: 'same' }),
  ...makeCells(times(1.001), { scenario: 'near' }),
  ...makeCells(times(0.85), { scenario: 'fast' }),
  ...makeCells(times(1.25), { scenario: 'slow' }),
  ...makeCells([1100, 900, 1100, 900, 1100, 900, 1100, 900], { scenario: 'open' }),
  ...makeCells(times(0.5), { scenario: 'bad', stale: 2 }),
  ...makeCells([1000], { scenario: 'few' }),
]);
const comparison = compareRuns(a, b, 0.01);
const SAFETY = [{ strategy: 'old', verdict: null }];

describe('a comparison in the terminal', () => {
  test('has a row for each scenario, the counts, and the verdict of the gate', () => {
    const text = renderComparison(comparison, judgeGate(comparison, 0.05), SAFETY);
    const rows = text.split('\n');
    expect(rows.slice(0, 2)).toEqual(['- A: reports/a', '- B: reports/b']);
    const first = rows.findIndex((row) => row.startsWith('---')) + 1;
    const verdicts = rows.slice(first, first + 7).map((row) => row.split(/ {2,}/));
    expect(verdicts.map((row) => [row[0], row[3]?.replace(/ saves.*/, '')])).toEqual([
      ['same', 'no difference (identical)'],
      ['near', 'no difference (within 1 %)'],
      ['fast', 'faster by 15.0 % [15.0, 15.0]'],
      ['slow', 'slower by 25.0 % [25.0, 25.0]'],
      ['open', 'cannot tell,'],
      ['bad', 'UNSAFE: 16 stale hits'],
      ['few', 'cannot tell (too few pairs)'],
    ]);
    const words = text.replaceAll(/\s+/g, ' ');
    expect(words).toContain(
      'Of 7 comparisons: 1 unsafe, 1 slower, 1 faster, 2 with no difference and 2 open.',
    );
    expect(words).toContain('By the checker, old: not checked.');
    expect(words).toContain('- few with old has 1 seeds in common and needs two');
    expect(words).toContain('FAILED: unsafe or surely slower by more than 5 %: slow, bad.');
    expect(words).toContain('Not ruled out for: open, few.');
  });

  test('is ASCII in at most 80 columns', () => {
    const text = renderComparison(comparison, judgeGate(comparison, 0.05), SAFETY);
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('names what is different between the sides', () => {
    const text = renderComparison(
      compareRuns(
        makeSide('r', makeCells(BEFORE, { machine: 'milan' })),
        makeSide('r', makeCells(BEFORE, { machine: 'turin', strategy: 'new' })),
        0.01,
      ),
      null,
      SAFETY,
    );
    expect(text).toMatch(/^- A: old on milan in r\n- B: new on turin in r\n/);
    expect(text).toMatch(/^s +1,000 +1,000 {2}no difference/m);
  });
});

describe('a comparison as a page', () => {
  test('has the same verdicts, each interval as a table, and no script', async () => {
    const page = await renderComparisonHtml(comparison, judgeGate(comparison, 0.05), SAFETY);
    for (const words of ['faster by 15.0 %', 'UNSAFE: 16 stale hits', 'The gate fails: 2']) {
      expect(page).toContain(words);
    }
    expect(page).not.toMatch(/<script|javascript:|https?:\/\/(?!www\.w3\.org)/);
    expect(await renderComparisonHtml(comparison, judgeGate(comparison, 0.05), SAFETY)).toBe(page);
  });

  test('says in its title what all have in common', async () => {
    const title = async (after: readonly number[]) => {
      const sides = [makeSide('a', makeCells(BEFORE)), makeSide('b', makeCells(after))] as const;
      const page = await renderComparisonHtml(compareRuns(...sides, 0.01), null, SAFETY);
      return /<h1>(.*)<\/h1>/.exec(page)?.[1];
    };
    expect(await title(BEFORE)).toBe('No difference');
    expect(await title(times(0.5))).toBe('B is faster');
    expect(await title(times(2))).toBe('B is slower');
  });

  test('escapes what a run calls itself', async () => {
    const side = makeSide('<b>', makeCells(BEFORE, { scenario: '<i>' }));
    const page = await renderComparisonHtml(compareRuns(side, side, 0.01), null, SAFETY);
    expect(page).not.toMatch(/<b>|<i>/);
    expect(page).toContain('&lt;i&gt;');
  });
});
