import { describe, expect, test } from 'vitest';
import { NARROW } from '../../../src/report/blocks/figure-layout.ts';
import { renderSvgs } from '../../../src/report/blocks/render-svg.ts';
import { SAFETY_STYLES } from '../../../src/report/blocks/theme.ts';
import { type SeriesPoint, seriesByPatch } from '../../../src/report/series/figure.ts';

const point = (after: number, verdict: SeriesPoint['verdict'], ns: number): SeriesPoint => ({
  after,
  verdict,
  savingNs: { point: ns, low: ns - 40, high: ns + 30 },
});

const POINTS: readonly SeriesPoint[] = [
  point(0, 'same', 0),
  point(1, 'same', 0),
  point(2, 'same', 0),
  point(3, 'safe', 12),
  point(4, 'stale', 12),
  point(5, 'safe', 12),
  point(6, 'safe', 410),
  { after: 7, verdict: 'safe', savingNs: null },
];

/** Words that a reader sees in the figure, without the axes. */
function words(points: readonly SeriesPoint[], layout?: typeof NARROW): string[] {
  const text = JSON.stringify(seriesByPatch(points, layout));
  return [...text.matchAll(/"text":"([^"]+)"/g)].map((found) => found[1]!);
}

describe('the figure of the series', () => {
  test('matches its golden data', async () => {
    const spec = `${JSON.stringify(seriesByPatch(POINTS), null, 2)}\n`;
    await expect(spec).toMatchFileSnapshot('../../golden/series-by-patch.vl.json');
  });

  test('says in words above neighbours what was found, in shorter ones where there is less room', () => {
    expect(words(POINTS)).toEqual([
      'as v6.14',
      'nothing new found',
      'stale translation',
      'nothing new found',
    ]);
    const long = Array.from({ length: 25 }, (_, after) =>
      point(after, after < 4 ? 'same' : after === 4 || after > 9 ? 'safe' : 'stale', 0),
    );
    const stale = [...long.slice(0, -1), point(24, 'stale', 0)];
    expect(words(stale)).toEqual([
      'as v6.14',
      'nothing new found',
      'stale translation',
      'nothing new found',
      'stale translation',
    ]);
    expect(words(stale, NARROW)).toEqual([
      'as v6.14',
      'nothing new',
      'stale',
      'nothing new found',
      'stale translation',
    ]);
  });

  test('gives each verdict a colour and a shape of its own', () => {
    const styles = Object.values(SAFETY_STYLES);
    expect(new Set(styles.map((style) => style.shape)).size).toBe(styles.length);
    expect(new Set(styles.map((style) => style.colour.light)).size).toBe(styles.length);
  });

  test('draws wide and narrow, with each letter in the colours of the theme', async () => {
    const svgs = await renderSvgs([seriesByPatch(POINTS), seriesByPatch(POINTS, NARROW)]);
    for (const svg of svgs) {
      expect(svg).toContain('stale');
      expect(svg).not.toMatch(/="#[0-9a-f]{6}"/);
    }
  });
});
