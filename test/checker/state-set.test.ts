import { describe, expect, test } from 'vitest';
import { ADDED, countBits, StateSet } from '../../src/checker/state-set.ts';
import { TupleIndex } from '../../src/checker/tuple-index.ts';
import { prngFor } from '../../src/util/prng.ts';

/** Pairs below two bounds, many of them twice. */
function pairs(count: number, firsts: number, seconds: number): [number, number][] {
  const prng = prngFor(1, `${firsts} ${seconds}`);
  return Array.from({ length: count }, () => [prng.nextInt(firsts), prng.nextInt(seconds)]);
}

describe('a set of states', () => {
  // Bits in rows; rows that get wider; a hash table, which grows; and one form after the other.
  test.each([
    [20_000, 300, 200],
    [20_000, 300, 5_000],
    [300_000, 200_000, 200_000],
  ])(
    'of small pairs and %d below %d and %d knows each once, in its order',
    (count, firsts, seconds) => {
      const all = [...pairs(5_000, 300, 200), ...pairs(count, firsts, seconds)];
      const set = new StateSet(Number.MAX_SAFE_INTEGER);
      const known = new Map<string, number>();
      for (const [first, second] of all) {
        const key = `${first} ${second}`;
        const expected = known.has(key) ? ADDED.known : ADDED.fresh;
        if (set.add(first, second) !== expected) expect.fail(`${key} is ${expected}`);
        if (expected === ADDED.fresh) known.set(key, known.size);
      }
      expect(set.size).toBe(known.size);
      for (const [key, at] of known) {
        if (`${set.firsts[at]} ${set.seconds[at]}` !== key) expect.fail(`${key} is not at ${at}`);
      }
    },
  );

  test('is full at its limit, and still knows what is in it', () => {
    const set = new StateSet(2);
    expect([set.add(0, 0), set.add(0, 1), set.add(7, 1), set.add(0, 1)]).toEqual([
      ADDED.fresh,
      ADDED.fresh,
      ADDED.full,
      ADDED.known,
    ]);
    expect(set.size).toBe(2);
  });

  test('counts the bits of sets', () => {
    const counts = new Float64Array(4);
    for (const set of [0, 0b1010, 0b0010]) countBits(counts, set);
    expect([...counts]).toEqual([0, 2, 0, 1]);
  });
});

test('an index of tuples gives each its place, also after it has grown', () => {
  const index = new TupleIndex(3);
  const tuple = new Int32Array(3);
  const known = new Map<string, number>();
  for (const [first, second] of pairs(20_000, 120, 90)) {
    tuple.set([first, second, first - second]);
    const key = tuple.join();
    const place = index.insert(tuple);
    if (place !== (known.get(key) ?? known.size)) expect.fail(`${key} is at ${place}`);
    known.set(key, place);
  }
  expect(index.size).toBe(known.size);
  for (const [key, place] of known) {
    index.read(place, tuple);
    if (tuple.join() !== key) expect.fail(`${key} is not at ${place}`);
  }
});
