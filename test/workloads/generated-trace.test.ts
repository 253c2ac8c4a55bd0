import { describe, expect, test } from 'vitest';
import { generatedTrace } from '../../src/workloads/generated-trace.ts';

const OPTIONS = {
  hotPages: 100,
  codePages: 10,
  zipfExponent: 1,
  streamedPages: 1000,
  streamedShare: 0.1,
  instructionsPerMove: 40,
};

describe('a generated program', () => {
  test('is the same each time, and another for other options', () => {
    expect(generatedTrace({ ...OPTIONS })).toBe(generatedTrace(OPTIONS));
    const other = generatedTrace({ ...OPTIONS, hotPages: 101 });
    expect(other.touches).not.toEqual(generatedTrace(OPTIONS).touches);
  });

  test('is kept while it is in use, and drawn again alike when it was let go', () => {
    const others = [1, 2, 3, 4].map((codePages) => ({ ...OPTIONS, codePages }));
    const first = generatedTrace(OPTIONS);
    for (const other of others) {
      generatedTrace(other);
      expect(generatedTrace(OPTIONS)).toBe(first);
    }
    for (const other of others) generatedTrace(other);
    const again = generatedTrace(OPTIONS);
    expect(again).not.toBe(first);
    expect(again.touches.every((touch, at) => touch === first.touches[at])).toBe(true);
  });

  test('comes back to its hot pages by Zipf: the first twice as often as the second', () => {
    const { touches } = generatedTrace({ ...OPTIONS, streamedShare: 0 });
    const count = (page: number) => touches.filter((touch) => touch === (10 + page) * 2 + 1).length;
    expect(count(0) / count(1)).toBeGreaterThan(1.9);
    expect(count(0) / count(1)).toBeLessThan(2.1);
  });

  test('goes through the streamed pages in order, at their share of its moves', () => {
    const { touches } = generatedTrace(OPTIONS);
    const streamed = [...touches].filter((touch) => touch >= 110 * 2).map((t) => (t - 1) / 2 - 110);
    expect(streamed.slice(0, 3)).toEqual([0, 1, 2]);
    expect(streamed[1000]).toBe(0);
    expect(streamed.length / touches.length).toBeGreaterThan(0.098);
    expect(streamed.length / touches.length).toBeLessThan(0.102);
  });
});
