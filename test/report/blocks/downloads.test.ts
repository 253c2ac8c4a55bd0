import { describe, expect, test } from 'vitest';
import type { Figure } from '../../../src/report/blocks/document.ts';
import { downloadsHtml, figureCsv } from '../../../src/report/blocks/downloads.ts';
import { savingFigure } from '../../../src/report/run/figures.ts';
import { renderHtml } from '../../../src/report/run/page.ts';
import { makeSeries } from '../make-series.ts';
import { makeModel, makeSummary } from '../make-summary.ts';

function withRows(values: readonly object[]): Figure {
  const figure = savingFigure(makeModel());
  return { ...figure, wide: { ...figure.wide, data: { values: [...values] } } as Figure['wide'] };
}

/** What a browser saves when a reader follows the link. */
async function saved(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe('the CSV of a figure', () => {
  test('has the numbers that are drawn, under names with their units', () => {
    const lines = figureCsv(savingFigure(makeModel())).split('\n');
    expect(lines[0]).toBe('scenario,strategy,savingPercent,lowPercent,highPercent');
    expect(lines[1]).toMatch(/^cpuid-npt-shadow,rfc-2025-03,[\d.]+,[\d.]+,[\d.]+$/);
    expect(lines).toHaveLength(1 + 6 * 3 + 1);
  });

  test('quotes what needs it, leaves numbers alone and defuses formulas', () => {
    const rows = [
      { a: 'x,"y"', b: -1.5 },
      { a: '=cmd()', b: null, c: '-1+1' },
    ];
    expect(figureCsv(withRows(rows))).toBe('a,b,c\n"x,""y""",-1.5,\n\'=cmd(),,\'-1+1\n');
  });
});

describe('the links under a figure', () => {
  test('hold picture and data whole, whatever stands in them', async () => {
    const rows = [{ name: `100 % "of" <b> & 'ü' #1\n?`, ns: 1 }];
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>&lt;ü&gt;</text></svg>';
    const html = downloadsHtml({ ...withRows(rows), description: 'a <b> & "c"' }, svg);
    const links = [...html.matchAll(/download="([^"]+)" href="([^"]+)"/g)];
    expect(links.map((each) => each[1])).toEqual(['figure-saving.svg', 'figure-saving.csv']);
    expect(await saved(links[0]![2]!)).toContain('<text>&lt;ü&gt;</text>');
    expect(await saved(links[1]![2]!)).toBe(figureCsv(withRows(rows)));
  });

  test('are there for each figure of a report, and a saved picture needs no page for its colours', async () => {
    const html = await renderHtml(makeSummary(), { series: makeSeries() });
    const figures = html.split('<figure ').slice(1);
    for (const figure of figures) {
      const [svg, csv] = [...figure.matchAll(/href="(data:[^"]+)"/g)].map((found) => found[1]!);
      expect(await saved(svg!)).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(await saved(svg!)).not.toContain('var(--');
      expect((await saved(csv!)).split('\n').length).toBeGreaterThan(2);
    }
    expect(figures).toHaveLength(6);
  });
});
