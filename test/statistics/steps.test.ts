import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findSteps } from '../../src/statistics/steps.ts';

const PAGES = Array.from({ length: 49 }, (_, step) => Math.round(16 * 2 ** (step / 4)));

describe('steps of a curve', () => {
  test('are where it leaves a plateau, with the plateaus on both sides', () => {
    const values = PAGES.map((pages) => (pages <= 64 ? 0 : pages <= 2048 ? 7 : 60));
    const steps = findSteps(PAGES, values, 2);
    expect(
      steps.map(({ lastFlat, firstRaised, before, after }) => ({
        lastFlat: PAGES[lastFlat],
        firstRaised: PAGES[firstRaised],
        before,
        after,
      })),
    ).toEqual([
      { lastFlat: 64, firstRaised: 76, before: 0, after: 7 },
      { lastFlat: 2048, firstRaised: 2435, before: 7, after: 60 },
    ]);
  });

  test('have no plateau above where the curve rises on', () => {
    const values = PAGES.map((pages) => (pages <= 64 ? 0 : pages / 10));
    const [step] = findSteps(PAGES, values, 2);
    expect(PAGES[step!.lastFlat]).toBe(64);
    expect(step!.after).toBeNull();
  });

  test('may end on the last doubling that there is, and on none that is cut', () => {
    const last = PAGES.at(-1)!;
    const from = (first: number) => PAGES.map((pages) => (pages < first ? 0 : 7));
    expect(findSteps(PAGES, from(last / 2), 2)[0]!.after).toBe(7);
    expect(findSteps(PAGES, from(last / 2 + 1), 2)[0]!.after).toBeNull();
  });

  test('do not come from one disturbed size', () => {
    const values = PAGES.map((pages) => (pages === 512 ? 50 : 0));
    expect(findSteps(PAGES, values, 2)).toEqual([]);
  });

  test('are none in noise below half of the threshold, wherever a true step lies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.9, max: 0.9, noNaN: true }), { minLength: 49, maxLength: 49 }),
        fc.integer({ min: 6, max: 36 }),
        (noise, at) => {
          expect(findSteps(PAGES, noise, 2)).toEqual([]);
          const raised = noise.map((value, index) => (index > at ? value + 10 : value));
          expect(findSteps(PAGES, raised, 2).map((step) => step.lastFlat)).toEqual([at]);
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });
});
