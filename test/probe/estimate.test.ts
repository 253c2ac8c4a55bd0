import { describe, expect, test } from 'vitest';
import { estimateFrom } from '../../src/probe/estimate.ts';
import { coarseGrid } from '../../src/probe/grid.ts';
import { makeSamples, twoSteps } from './make-probe.ts';

describe('the estimates of a probe', () => {
  test('find both levels of a host with 64 and 2,048 entries, with brackets that hold them', () => {
    const { knees } = estimateFrom(makeSamples(twoSteps, 0.1));
    expect(knees.map((knee) => knee.isClear)).toEqual([true, true]);
    const [first, second] = knees;
    expect(first!.reachPages.point).toBe(64);
    expect(first!.reachPages.high).toBe(69);
    expect(second!.reachPages.point).toBe(2048);
    expect(first!.rise!.low).toBeLessThanOrEqual(2);
    expect(first!.rise!.high).toBeGreaterThanOrEqual(2);
    expect(second!.rise!.point).toBeCloseTo(18, 0);
  });

  test('say "no step" of a host whose translation costs nothing', () => {
    expect(estimateFrom(makeSamples(() => 0, 0.1)).knees).toEqual([]);
  });

  test('call a step unclear that drowns in noise', () => {
    // Rises by three cycles; single samples are off by up to forty.
    const faint = makeSamples((pages) => (pages <= 64 ? 0 : 0.75), 10, coarseGrid());
    expect(estimateFrom(faint).knees.filter((knee) => knee.isClear)).toEqual([]);
  });

  test('have intervals that hold their points, and points for the same samples only once', () => {
    const samples = makeSamples(twoSteps, 1);
    const { curve, clockGhz } = estimateFrom(samples);
    expect(clockGhz).toEqual({ point: 4, low: 4, high: 4 });
    for (const { translation } of curve) {
      expect(translation.low).toBeLessThanOrEqual(translation.point);
      expect(translation.high).toBeGreaterThanOrEqual(translation.point);
    }
    expect(estimateFrom(samples)).toEqual(estimateFrom(samples));
  });
});
