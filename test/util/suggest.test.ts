import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, suggest } from '../../src/util/suggest.ts';

const SUITES = ['cpuid-npt-npt', 'cpuid-npt-shadow', 'pio-npt-npt', 'headline'];

describe('editDistance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['npt', 'npt', 0],
    ['flaw', 'lawn', 2],
  ])('between %s and %s is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric and obeys the triangle inequality', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
      { seed: 20250326 },
    );
  });
});

describe('suggest', () => {
  it('finds the name behind a swapped pair of letters', () => {
    expect(suggest('cpuid-npt-ntp', SUITES)).toBe('cpuid-npt-npt');
  });

  it('ignores case', () => {
    expect(suggest('HEADLINE', SUITES)).toBe('headline');
  });

  it('finds one wrong letter even in a short word', () => {
    expect(suggest('np', ['npt'])).toBe('npt');
  });

  it('says nothing when no name is near', () => {
    expect(suggest('zzzzzz', SUITES)).toBeUndefined();
    expect(suggest('x', [])).toBeUndefined();
  });

  it('finds a name by its first part, and prefers one that is near', () => {
    expect(suggest('Zen4', ['zen1-naples', 'zen4-genoa'])).toBe('zen4-genoa');
    expect(suggest('zen4', ['zen4-genoa', 'zen3'])).toBe('zen3');
    expect(suggest('ze', ['zen4-genoa'])).toBeUndefined();
  });

  it('prefers the first of equally near names', () => {
    expect(suggest('bat', ['cat', 'hat'])).toBe('cat');
  });
});
