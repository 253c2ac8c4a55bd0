import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberMap } from '../../src/util/number-map.ts';

/** Page numbers as they come: in rows, with gaps of powers of two, and up to 53 bits. */
const key = fc.oneof(
  fc.nat(50),
  fc.nat(3000).map((step) => step * 512),
  fc.nat(3000).map((step) => 0xffff_8880_0000_0 + step),
  fc.maxSafeNat(),
);

test('holds what a Map holds, for any order of setting and asking', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.nat(2_147_483_647)), { maxLength: 400 }), (entries) => {
      const numbers = new NumberMap();
      const expected = new Map<number, number>();
      for (const [page, value] of entries) {
        expect(numbers.get(page)).toBe(expected.get(page) ?? -1);
        numbers.set(page, value);
        expected.set(page, value);
      }
      for (const [page, value] of expected) expect(numbers.get(page)).toBe(value);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('says -1 of a key that it lacks, though all keys before it are there', () => {
  const numbers = new NumberMap();
  for (let page = 0; page < 10_000; page += 1) numbers.set(page, page);
  expect(numbers.get(9_999)).toBe(9_999);
  expect(numbers.get(10_000)).toBe(-1);
});
