import { describe, expect, test } from 'vitest';
import { renderSvgs } from '../../src/report/blocks/render-svg.ts';
import { reportModel } from '../../src/report/run/model.ts';
import { rankingFigure } from '../../src/report/run/ranking-figure.ts';
import { breakEvenMap } from '../../src/report/sensitivity/break-even-map.ts';
import { sobolBars } from '../../src/report/sensitivity/sobol-bars.ts';
import { tornado } from '../../src/report/sensitivity/tornado.ts';
import { makeSensitivity } from './make-sensitivity.ts';
import { makeSummary, withComparisons } from './make-summary.ts';

const summary = withComparisons(makeSummary(), 'rfc-2025-03', (each) => ({
  ...each,
  uncertainty: {
    varied: 'prices',
    savingNs: { point: each.savingNs.point, low: 100, high: 900 },
    savingRatio: { point: each.savingRatio.point, low: 0.01, high: 0.3 },
    seedShare: 0.01,
    verdict: 'saves',
    draws: 1024,
    effectiveDraws: 500,
  },
}));

const specs = {
  tornado: tornado(makeSensitivity()),
  'sobol-bars': sobolBars(makeSensitivity()),
  'break-even-map': breakEvenMap(makeSensitivity().breakEven!),
  'ranking-priced': rankingFigure(reportModel(summary)),
};

describe('charts of what is unknown', () => {
  test.each(Object.entries(specs))('%s matches its golden data', async (name, spec) => {
    const json = `${JSON.stringify(spec, null, 2)}\n`;
    await expect(json).toMatchFileSnapshot(`../golden/${name}.vl.json`);
  });

  test('can be drawn', async () => {
    const svgs = await renderSvgs(Object.values(specs));
    expect(svgs.every((svg) => svg.startsWith('<svg ') && svg.endsWith('</svg>'))).toBe(true);
  });

  test('leave out a swing that nobody sees, and put the longest on top', () => {
    const text = JSON.stringify(specs.tornado.data);
    expect(text).not.toContain('costs.invlpgCycles');
    expect(text.indexOf('exitsPerSecond')).toBeLessThan(text.indexOf('flushAsidCycles'));
  });
});
