import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataPath, readDataBytes } from '../../src/inputs/load-data.ts';
import { readPageTrace } from '../../src/inputs/page-trace.ts';
import { PROPERTY_SEED, userErrorOf } from './helpers.ts';

/** Records, pages, data pages, code pages, data records and instructions, counted at capture. */
const CAPTURED = {
  sqlite: [2_876_879, 147, 84, 63, 2_176_294, 9_999_998],
  redis60k: [2_216_909, 1_211, 1_135, 76, 1_617_713, 9_999_993],
  cc1: [2_257_443, 794, 402, 392, 1_695_971, 9_999_998],
  zstd: [1_612_639, 890, 863, 27, 1_550_008, 9_999_997],
};

interface Parts {
  readonly pages: readonly number[];
  readonly touches: readonly number[];
  readonly gaps: readonly number[];
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

function encode(parts: Parts, overrides: Readonly<Record<string, unknown>> = {}): Uint8Array {
  let previous = 0;
  const table = parts.pages.flatMap((page) => {
    const difference = page - previous;
    previous = page;
    return varint(difference >= 0 ? difference * 2 : -difference * 2 - 1);
  });
  const index = parts.touches.flatMap(varint);
  const clock = parts.gaps.flatMap(varint);
  const header = {
    format: 'PTR1',
    name: 'test',
    source: 'a test',
    pageSize: 4096,
    pages: parts.pages.length,
    records: parts.touches.length,
    instructions: parts.gaps.reduce((sum, gap) => sum + gap, 0),
    sections: [table.length, index.length, clock.length],
    ...overrides,
  };
  const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  return Uint8Array.from([...line, ...table, ...index, ...clock]);
}

const SMALL: Parts = {
  pages: [0x7f_ffff_ffff, 0x400, 0xf_ffff_ffff_ffff],
  touches: [2, 1, 5, 2],
  gaps: [0, 3, 200, 70_000],
};

describe('readPageTrace', () => {
  test.each(Object.entries(CAPTURED))('reads all of %s', (name, expected) => {
    const path = dataPath('page-traces', `${name}-10M.ptr.br`);
    const trace = readPageTrace(readDataBytes(path), path);
    const used = new Set(trace.touches);
    let dataRecords = 0;
    for (const touch of trace.touches) dataRecords += touch % 2;
    let clock = 0;
    for (const gap of trace.instructionGaps) clock += gap;
    const dataPages = [...used].filter((touch) => touch % 2 === 1).length;
    expect(trace.name).toBe(`${name}-10M`);
    expect([
      trace.records,
      trace.pageNumbers.length,
      dataPages,
      used.size - dataPages,
      dataRecords,
      clock,
    ]).toEqual(expected);
    expect(trace.instructions).toBe(clock);
    expect(trace.touches).toHaveLength(trace.records);
    expect(trace.instructionGaps).toHaveLength(trace.records);
  });

  test('records no two touches of one page in a row, of code as of data', () => {
    const path = dataPath('page-traces', 'sqlite-10M.ptr.br');
    const trace = readPageTrace(readDataBytes(path), path);
    const last = [-1, -1];
    let repeats = 0;
    for (const touch of trace.touches) {
      if (last[touch % 2] === touch) repeats += 1;
      last[touch % 2] = touch;
    }
    expect(repeats).toBe(0);
  });

  test('keeps page numbers beyond 32 bits exact', () => {
    const trace = readPageTrace(encode(SMALL), 'small.ptr');
    expect([...trace.pageNumbers]).toEqual(SMALL.pages);
    expect([...trace.touches]).toEqual(SMALL.touches);
    expect([...trace.instructionGaps]).toEqual(SMALL.gaps);
  });

  test('gives back what was written, for any trace', () => {
    const page = fc.integer({ min: 0, max: 0xf_ffff_ffff_ffff });
    const arbitrary = fc.uniqueArray(page, { minLength: 1, maxLength: 20 }).chain((pages) =>
      fc.record({
        pages: fc.constant(pages),
        records: fc.array(
          fc.tuple(fc.nat({ max: pages.length * 2 - 1 }), fc.nat({ max: 2_147_483_647 })),
          { minLength: 1, maxLength: 40 },
        ),
      }),
    );
    const property = fc.property(arbitrary, ({ pages, records }) => {
      const touches = records.map(([touch]) => touch);
      const gaps = records.map(([, gap]) => gap);
      const trace = readPageTrace(encode({ pages, touches, gaps }), 'any.ptr');
      expect([...trace.pageNumbers]).toEqual(pages);
      expect([...trace.touches]).toEqual(touches);
      expect([...trace.instructionGaps]).toEqual(gaps);
    });
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 200 });
  });

  test('refuses a trace that is cut anywhere', () => {
    const bytes = encode(SMALL);
    for (let length = 0; length < bytes.length; length += 1) {
      userErrorOf(() => readPageTrace(bytes.subarray(0, length), 'cut.ptr'));
    }
  });

  test('refuses a trace with a byte too many', () => {
    const bytes = Uint8Array.from([...encode(SMALL), 0]);
    expect(userErrorOf(() => readPageTrace(bytes, 'long.ptr'))).toMatch(/announces .* follow/);
  });

  test.each([
    [{ format: 'PTR2' }, 'format "PTR2", not PTR1'],
    [{ pageSize: 16_384 }, 'a pageSize other than 4096'],
    [{ name: 7 }, 'no text "name"'],
    [{ records: -1 }, 'no count "records"'],
    [{ records: 1.5 }, 'no count "records"'],
    [{ records: 1e9 }, 'counts more pages or records'],
    [{ records: 3 }, 'goes on after its 3 numbers'],
    [{ pages: 2 }, 'the page table goes on after its 2 numbers'],
    [{ instructions: 100 }, 'record 3 lies after the last of 100 instructions'],
    [{ sections: [1, 2] }, 'no three section lengths'],
  ])('names what is wrong in the header %j', (overrides, expected) => {
    const message = userErrorOf(() => readPageTrace(encode(SMALL, overrides), 'bad.ptr'));
    expect(message).toContain(`bad.ptr: `);
    expect(message).toContain(expected);
  });

  test('names a record whose page is not in the table, and a page that is there twice', () => {
    const far = encode({ ...SMALL, touches: [2, 6, 5, 2] });
    expect(userErrorOf(() => readPageTrace(far, 'a'))).toContain('record 2 names a page beyond');
    const twice = encode({ ...SMALL, pages: [5, 6, 5] });
    expect(userErrorOf(() => readPageTrace(twice, 'a'))).toContain('page 3 of the page table');
  });

  test('refuses a varint that never ends or exceeds 53 bits', () => {
    const header = new TextEncoder().encode(
      `${JSON.stringify({
        format: 'PTR1',
        name: 'n',
        source: 's',
        pageSize: 4096,
        pages: 1,
        records: 1,
        instructions: 1,
        sections: [12, 1, 1],
      })}\n`,
    );
    for (const byte of [0x80, 0xff]) {
      const bytes = Uint8Array.from([...header, ...new Array<number>(12).fill(byte), 0, 1]);
      expect(userErrorOf(() => readPageTrace(bytes, 'a'))).toContain('exceeds 53 bits');
    }
  });

  test('says of foreign files that they are no page trace', () => {
    for (const text of ['', 'hello\n', '[1,2]\n', 'null\n', '{"format":"PTR1"', '\u0000\n']) {
      const bytes = new TextEncoder().encode(text);
      expect(userErrorOf(() => readPageTrace(bytes, 'foreign'))).toContain('line 1');
    }
  });
});
