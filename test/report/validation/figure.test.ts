import { expect, test } from 'vitest';
import { NARROW } from '../../../src/report/blocks/figure-layout.ts';
import { renderSvgs } from '../../../src/report/blocks/render-svg.ts';
import { type Score, validationScores } from '../../../src/report/validation/figure.ts';

const SCORES: readonly Score[] = [
  {
    id: 'milan-before',
    kind: 'calibration',
    measured: 3897,
    measuredInterval: null,
    predicted: { point: 3896, low: 3874, high: 3926 },
    inside: true,
  },
  {
    id: 'walk',
    kind: 'validation',
    measured: 95,
    measuredInterval: { low: 94, high: 1000 },
    predicted: { point: 50, low: 2, high: 90 },
    inside: false,
  },
];

test('the scoreboard matches its golden data', async () => {
  const spec = `${JSON.stringify(validationScores(SCORES), null, 2)}\n`;
  await expect(spec).toMatchFileSnapshot('../../golden/validation-scores.vl.json');
});

test('it draws wide and narrow, and clips what is far off at its edges', async () => {
  const svgs = await renderSvgs([validationScores(SCORES), validationScores(SCORES, NARROW)]);
  expect(svgs.every((svg) => svg.includes('<svg'))).toBe(true);
  const text = JSON.stringify(validationScores(SCORES));
  expect(text).toContain('"low":0.125,"high":1.8,"verdict":"outside"');
});
