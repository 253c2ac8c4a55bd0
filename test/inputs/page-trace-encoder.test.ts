import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataPath, readDataBytes } from '../../src/inputs/load-data.ts';
import { PageIndex } from '../../src/inputs/page-index.ts';
import { type PageTrace, readPageTrace } from '../../src/inputs/page-trace.ts';
import { PageTraceEncoder } from '../../src/inputs/page-trace-encoder.ts';
import { PROPERTY_SEED } from './helpers.ts';

type Move = readonly [page: number, isData: boolean, gap: number];

interface Collected {
  readonly encoder: PageTraceEncoder;
  /** The whole file, as it would lie on disk uncompressed. */
  readonly file: (instructions: number) => Uint8Array;
}

function collect(): Collected {
  const index: Uint8Array[] = [];
  const clock: Uint8Array[] = [];
  const encoder = new PageTraceEncoder({
    index: (bytes) => index.push(bytes),
    clock: (bytes) => clock.push(bytes),
  });
  const file = (instructions: number): Uint8Array => {
    const head = encoder.finish({ name: 'made', source: 'a test', instructions });
    return Buffer.concat([head, ...index, ...clock]);
  };
  return { encoder, file };
}

function encode(moves: readonly Move[], instructions: number): Uint8Array {
  const { encoder, file } = collect();
  for (const [page, isData, gap] of moves) encoder.record(page, isData, gap);
  return file(instructions);
}

/** What a reader finds, as the moves that were written. */
function movesIn(bytes: Uint8Array): Move[] {
  const trace = readPageTrace(bytes, 'made.ptr');
  return [...trace.touches].map((touch, at) => {
    const page = trace.pageNumbers[Math.floor(touch / 2)]!;
    return [page, touch % 2 === 1, trace.instructionGaps[at]!] as const;
  });
}

describe('PageTraceEncoder', () => {
  test('writes what the reader reads, for any moves between any pages', () => {
    const page = fc.oneof(
      fc.nat({ max: 40 }),
      fc.integer({ min: 0xf_ffff_0000_0000, max: 0xf_ffff_ffff_ffff }),
      fc.maxSafeNat().map((number) => Math.floor(number / 2)),
    );
    const gap = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 2_147_483_647 }));
    const move = fc.tuple(page, fc.boolean(), gap);
    const property = fc.property(
      fc.array(move, { minLength: 1, maxLength: 200 }),
      fc.nat({ max: 1000 }),
      (moves, tail) => {
        const instructions = moves.reduce((sum, [, , executed]) => sum + executed, tail);
        const bytes = encode(moves, instructions);
        expect(movesIn(bytes)).toEqual(moves);
        expect(readPageTrace(bytes, 'made.ptr').instructions).toBe(instructions);
      },
    );
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 200 });
  });

  test('gives a captured trace back record by record', () => {
    const path = dataPath('page-traces', 'redis60k-10M.ptr.br');
    const captured = readPageTrace(readDataBytes(path), path);
    const { encoder, file } = collect();
    for (let at = 0; at < captured.records; at += 1) {
      const touch = captured.touches[at]!;
      const page = captured.pageNumbers[Math.floor(touch / 2)]!;
      encoder.record(page, touch % 2 === 1, captured.instructionGaps[at]!);
    }
    const again = readPageTrace(file(captured.instructions), 'again.ptr');
    expect(again.records).toBe(2_216_909);
    let different = 0;
    for (let at = 0; at < captured.records; at += 1) {
      const before = captured.pageNumbers[Math.floor(captured.touches[at]! / 2)];
      const after = again.pageNumbers[Math.floor(again.touches[at]! / 2)];
      if (before !== after) different += 1;
      if (captured.touches[at]! % 2 !== again.touches[at]! % 2) different += 1;
    }
    expect(different).toBe(0);
    expect(Buffer.compare(gapBytes(again), gapBytes(captured))).toBe(0);
  });

  test('bridges a pause that 31 bits cannot hold with touches of the current page', () => {
    const found = movesIn(
      encode(
        [
          [7, true, 1],
          [8, false, 5_000_000_000],
        ],
        5_000_000_001,
      ),
    );
    expect(found).toEqual([
      [7, true, 1],
      [7, true, 2_147_483_647],
      [7, true, 2_147_483_647],
      [8, false, 705_032_706],
    ]);
  });

  test.each([
    [-1, 0],
    [4_503_599_627_370_496, 0],
    [Number.NaN, 0],
    [1, -1],
    [1, Number.NaN],
  ])('refuses page %d after %d instructions', (page, gap) => {
    expect(() => encode([[page, false, gap]], 10)).toThrow(RangeError);
  });
});

function gapBytes(trace: PageTrace): Uint8Array {
  return new Uint8Array(trace.instructionGaps.buffer);
}

describe('PageIndex', () => {
  test('numbers pages by first use, whatever bits they differ in', () => {
    const index = new PageIndex(2);
    const pages = new Set<number>();
    for (let i = 0; i < 5000; i += 1) {
      pages.add(i);
      pages.add(i * 512);
      pages.add(i * 4_294_967_296 < 2 ** 52 ? i * 4_294_967_296 : i);
    }
    for (const page of pages) index.indexOf(page);
    expect(index.size).toBe(pages.size);
    const inOrder = [...pages].map((page) => index.indexOf(page));
    expect(inOrder).toEqual(inOrder.map((_, position) => position));
    expect([...pages].every((page, position) => index.pageAt(position) === page)).toBe(true);
  });
});
