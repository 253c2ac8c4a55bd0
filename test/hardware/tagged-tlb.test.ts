import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REPLACEMENTS, type Replacement } from '../../src/hardware/machine-preset.ts';
import { TaggedTlb, TRACE } from '../../src/hardware/tagged-tlb.ts';
import { TagSpace } from '../../src/hardware/tags.ts';
import { SET_MODULUS } from '../../src/hardware/tlb-geometry.ts';
import { type ReferenceTlb, referenceTlb } from './reference-tlb.ts';
import { arrayOf, SmallMachine } from './small-machine.ts';

const ASIDS = [1, 2, 3];
/** Key 0 is page 0 and so on: few enough that sets are contended. */
const KEYS = 40;

type Step =
  | { readonly kind: 'access'; readonly key: number; readonly asid: number }
  | { readonly kind: 'invalidate'; readonly key: number; readonly asid: number }
  | { readonly kind: 'flush'; readonly asid: number };

const key = fc.nat(KEYS - 1);
const asid = fc.constantFrom(...ASIDS);
const steps = fc.array(
  fc.oneof(
    { weight: 30, arbitrary: fc.record({ kind: fc.constant('access' as const), key, asid }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('invalidate' as const), key, asid }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const), asid }) },
  ),
  { minLength: 50, maxLength: 400 },
);

/** A TLB of one array with ASIDs for owners, filled on each miss. */
function tlbUnderTest(sets: number, ways: number, replacement: Replacement) {
  const tags = new TagSpace();
  const tlb = new TaggedTlb({ name: 'TLB', entries: sets * ways, ways, replacement }, tags);
  tlb.reserveKeys(KEYS);
  const tagOf = (asid: number) => tags.tagsFor(asid, 0).leaf;
  return {
    tlb,
    tagOf,
    access(page: number, asid: number): boolean {
      const tag = tagOf(asid);
      if (tlb.lookup(page, tag, tag) >= 0) return true;
      tlb.fill(page, page % SET_MODULUS, tag, asid, 0);
      return false;
    },
    invalidate: (page: number, asid: number) => tlb.invalidate(page, tagOf(asid), tagOf(asid)),
    flush: (asid: number) => tags.flushAsid(asid),
    liveEntries: () => tlb.liveEntries(),
  };
}

function apply(tlb: ReferenceTlb, step: Step): boolean | null {
  if (step.kind === 'access') return tlb.access(step.key, step.asid);
  if (step.kind === 'invalidate') tlb.invalidate(step.key, step.asid);
  else tlb.flush(step.asid);
  return null;
}

const GEOMETRIES = [
  [1, 8],
  [4, 4],
  [3, 2],
  [6, 8],
  [8, 1],
  [1, 1],
] as const;

describe.each(REPLACEMENTS)('%s replacement', (replacement) => {
  test.each(GEOMETRIES)(
    'hits and misses as a plain implementation does, %i sets of %i ways, flushes included',
    (sets, ways) => {
      fc.assert(
        fc.property(steps, (sequence) => {
          const real = tlbUnderTest(sets, ways, replacement);
          const plain = referenceTlb(sets, ways, replacement);
          const got = sequence.map((step) => apply(real, step));
          expect(got).toEqual(sequence.map((step) => apply(plain, step)));
          expect(real.tlb.liveEntries()).toBe(plain.liveEntries());
        }),
        { seed: 11, numRuns: 60 },
      );
    },
  );

  test('replaces every dead entry before a live one', () => {
    const { tlb, access, flush } = tlbUnderTest(1, 8, replacement);
    for (const page of [0, 1, 2, 3]) access(page, 1);
    for (const page of [4, 5, 6, 7]) access(page, 2);
    flush(2);
    for (const page of [10, 11, 12, 13]) expect(access(page, 3)).toBe(false);
    expect(tlb.liveEntries()).toBe(8);
    for (const page of [0, 1, 2, 3]) expect(access(page, 1)).toBe(true);
  });

  test('uses the place of an invalidated entry at once', () => {
    const { access, invalidate } = tlbUnderTest(1, 4, replacement);
    for (const page of [0, 1, 2, 3]) access(page, 1);
    invalidate(2, 1);
    access(9, 1);
    for (const page of [0, 1, 3, 9]) expect(access(page, 1)).toBe(true);
  });

  test('keeps entries of one page apart by tag', () => {
    const { access, flush } = tlbUnderTest(1, 8, replacement);
    for (const asid of ASIDS) expect(access(5, asid)).toBe(false);
    flush(2);
    expect(ASIDS.map((asid) => access(5, asid))).toEqual([true, false, true]);
  });
});

describe('true LRU', () => {
  test('keeps what was used last, FIFO what came last', () => {
    const pattern = [0, 1, 0, 2, 0];
    const misses = (replacement: Replacement) => {
      const { access } = tlbUnderTest(1, 2, replacement);
      return pattern.map((page) => (access(page, 1) ? '' : page)).join('');
    };
    expect(misses('lru')).toBe('012');
    expect(misses('fifo')).toBe('0120');
  });
});

describe('a ghost', () => {
  test('of a flushed entry shows that a flush took it, to its owner only', () => {
    const { tlb, access, flush } = tlbUnderTest(1, 4, 'lru');
    access(5, 1);
    flush(1);
    expect(tlb.traceOf(5, 1)).toBe(TRACE.flushed);
    expect(tlb.traceOf(5, 2)).not.toBe(TRACE.flushed);
    expect(tlb.traceOf(6, 1)).not.toBe(TRACE.flushed);
    expect(tlb.liveEntries()).toBe(0);
  });

  test('of an entry that was invalidated alone shows as that, and not as a flush', () => {
    const { tlb, access, invalidate } = tlbUnderTest(1, 4, 'lru');
    access(5, 1);
    expect(tlb.traceOf(5, 1)).not.toBe(TRACE.invalidated);
    invalidate(5, 1);
    expect(tlb.traceOf(5, 1)).toBe(TRACE.invalidated);
    expect(tlb.traceOf(5, 1)).not.toBe(TRACE.flushed);
    expect(tlb.traceOf(5, 2)).not.toBe(TRACE.invalidated);
  });

  test('costs no room: the entry that comes back takes its place', () => {
    const { tlb, access, flush } = tlbUnderTest(1, 4, 'lru');
    for (const page of [0, 1, 2, 3]) access(page, 1);
    flush(1);
    access(2, 1);
    expect(tlb.liveEntries()).toBe(1);
    // Its old slot, not the least recently used dead one, so the other ghosts still show.
    for (const page of [0, 1, 3]) expect(tlb.traceOf(page, 1)).toBe(TRACE.flushed);
  });

  test('vanishes once its entry is filled over', () => {
    const { tlb, access, flush } = tlbUnderTest(1, 2, 'lru');
    access(0, 1);
    access(1, 1);
    flush(1);
    access(2, 1);
    access(3, 1);
    expect(tlb.traceOf(0, 1)).not.toBe(TRACE.flushed);
    expect(tlb.traceOf(1, 1)).not.toBe(TRACE.flushed);
  });

  test('is never hit', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const { tlb, access, flush, invalidate } = tlbUnderTest(2, 4, 'lru');
        const alive = new Set<string>();
        for (const step of sequence) {
          if (step.kind === 'flush') {
            flush(step.asid);
            for (const name of [...alive]) if (name.endsWith(`@${step.asid}`)) alive.delete(name);
          } else if (step.kind === 'invalidate') {
            invalidate(step.key, step.asid);
            alive.delete(`${step.key}@${step.asid}`);
          } else {
            const name = `${step.key}@${step.asid}`;
            // A hit needs a fill since the last flush; a miss is always possible.
            if (access(step.key, step.asid)) expect(alive).toContain(name);
            alive.add(name);
          }
        }
        expect(tlb.liveEntries()).toBeLessThanOrEqual(alive.size);
      }),
      { seed: 12, numRuns: 100 },
    );
  });
});

describe('the set of a page', () => {
  const PAGE_LIMIT = 4_503_599_627_370_495;

  test.each([1, 2, 3, 64, 128, 192, 256, 384, 512])(
    'is its number modulo %i sets, exactly, for page numbers up to 2^52',
    (sets) => {
      const page = fc.oneof(
        fc.nat(100_000),
        fc.integer({ min: 2_147_483_648, max: PAGE_LIMIT }),
        fc.integer({ min: 4_294_967_296, max: 4_295_000_000 }),
      );
      fc.assert(
        fc.property(page, page, (a, b) => {
          fc.pre(a !== b);
          const tags = new TagSpace();
          const tag = tags.tagsFor(1, 0).leaf;
          const tlb = new TaggedTlb(
            { name: 'one way', entries: sets, ways: 1, replacement: 'lru' },
            tags,
          );
          tlb.fill(0, a % SET_MODULUS, tag, 1, 0);
          tlb.fill(1, b % SET_MODULUS, tag, 1, 0);
          const collide = BigInt(a) % BigInt(sets) === BigInt(b) % BigInt(sets);
          expect(tlb.lookup(0, tag, tag) < 0).toBe(collide);
          expect(tlb.lookup(1, tag, tag)).toBeGreaterThanOrEqual(0);
        }),
        { seed: 13, numRuns: 200 },
      );
    },
  );

  test('collides for pages that differ by a multiple of 384 sets: the ninth evicts the first of 8', () => {
    const tags = new TagSpace();
    const tag = tags.tagsFor(1, 0).leaf;
    const tlb = new TaggedTlb(
      { name: 'Zen 4 L2 DTLB', entries: 3072, ways: 8, replacement: 'lru' },
      tags,
    );
    const first = 3_000_000_000;
    const lows = Array.from({ length: 9 }, (_, at) => (first + at * 384) % SET_MODULUS);
    for (let at = 0; at < 8; at += 1) tlb.fill(at, lows[at]!, tag, 1, 0);
    for (let at = 0; at < 8; at += 1) {
      expect(tlb.lookup(at, tag, tag)).toBeGreaterThanOrEqual(0);
    }
    tlb.fill(8, lows[8]!, tag, 1, 0);
    expect(tlb.lookup(0, tag, tag)).toBe(-1);
    expect(tlb.lookup(1, tag, tag)).toBeGreaterThanOrEqual(0);
  });
});

describe('a geometry', () => {
  const build = (entries: number, ways: number, replacement: Replacement = 'lru') =>
    new TaggedTlb({ name: 'L9 TLB', entries, ways, replacement }, new TagSpace());

  test.each([
    ['no way', 8, 0],
    ['no entry', 0, 4],
    ['ways that do not divide the entries', 10, 4],
    ['5 sets', 20, 4],
    ['9 sets', 36, 4],
  ])('with %s is refused by its name', (_, entries, ways) => {
    expect(() => build(entries, ways)).toThrow('L9 TLB');
  });

  test.each([3, 6, 12, 72])('with %i ways has no tree of bits', (ways) => {
    expect(() => build(ways * 4, ways, 'tree-plru')).toThrow('power of two');
    expect(() => build(ways * 4, ways, 'nru')).not.toThrow();
  });

  test.each([
    ['Zen 4 L1 DTLB', 72, 72],
    ['Zen 4 L2 DTLB', 3072, 8],
    ['Skylake STLB of 12 ways', 1536, 12],
    ['a direct-mapped one', 64, 1],
  ])('of %s, %i entries in %i ways, is taken', (_, entries, ways) => {
    expect(build(entries, ways).sets).toBe(entries / ways);
  });
});

describe('pseudo-LRU is what an array can afford', () => {
  test.each([
    ['true LRU where it is fully associative', 72, 72, 'lru'],
    ['a tree in 8 ways', 2048, 8, 'tree-plru'],
    ['NRU in 6 ways, which have no tree', 1536, 6, 'nru'],
  ] as const)('%s', (_, entries, ways, expected) => {
    const { pcpu } = new SmallMachine({
      replacement: 'pseudo-lru',
      secondLevelData: [arrayOf('L2 DTLB', entries, ways)],
    });
    expect(pcpu.arrays.secondData[0]!.replacement).toBe(expected);
  });
});

describe('the recency clock', () => {
  test.each(['lru', 'fifo'] as const)('restarts without changing what %s replaces', (kind) => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 150 }), (sequence, before) => {
        const real = tlbUnderTest(2, 4, kind);
        const plain = referenceTlb(2, 4, kind);
        // Stamps that end two thousand million accesses later, as after hours of simulation.
        expect(Reflect.set(real.tlb, 'clock', 2_000_000_000 - before)).toBe(true);
        const got = sequence.map((step) => apply(real, step));
        expect(got).toEqual(sequence.map((step) => apply(plain, step)));
      }),
      { seed: 14, numRuns: 60 },
    );
  });
});
