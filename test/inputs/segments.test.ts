import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../../src/inputs/load-data.ts';
import { readPageSequences } from '../../src/inputs/page-sequences.ts';
import type { SegmentHeader } from '../../src/inputs/segment-header.ts';
import { captured, userErrorOf } from './helpers.ts';
import { readPageSets } from './page-sets.ts';
import { readSegmentsCsv, type SegmentRow } from './segments-csv.ts';

const NAMES = readdirSync(dataPath('nested-kvm', 'segments')).map((file) =>
  file.replace('.csv.gz', ''),
);

const rowsOf = (name: string) =>
  readSegmentsCsv(captured('nested-kvm', 'segments', `${name}.csv.gz`), name);
const sequencesOf = (name: string) =>
  readPageSequences(captured('nested-kvm', 'seq', `${name}.seq.br`), name);
const setsOf = (name: string) =>
  readPageSets(captured('nested-kvm', 'pages', `${name}.pages.gz`), name);

/** The fields that a row of the table and a segment of the other files have in common. */
function headerOf({ seg, level, kind, instructions, exitCode }: SegmentHeader) {
  return { seg, level, kind, instructions, exitCode };
}

/** The six segments of one CPUID trip: section 4.1 of data/nested-kvm/METHOD.md. */
const CPUID_TRIP: readonly (readonly [string, number, number, number, number, number])[] = [
  ['L2->L1 CPUID', 3_382, 57, 47, 104, 64],
  ['L1 until MSR:1d9r', 1_078, 25, 26, 51, 32],
  ['L1->L1 MSR:1d9r', 1_398, 26, 28, 54, 34],
  ['L1 until VMRUN', 331, 13, 20, 33, 21],
  ['L1->L2 VMRUN', 7_458, 63, 54, 117, 71],
  ['L2 until CPUID', 21, 1, 3, 3, 3],
];

interface Trip {
  readonly reflected: string;
  readonly l0Exits: number;
  readonly instructions: readonly [number, number, number];
  readonly segments: readonly SegmentRow[];
}

/** Round trips from a reflected exit of L2 to the next, without ticks. */
function undisturbedTrips(rows: readonly SegmentRow[]): Trip[] {
  const starts = rows.flatMap((row, index) => (row.kind.startsWith('L2->L1') ? [index] : []));
  return starts.slice(0, -1).flatMap((start, index) => {
    const segments = rows.slice(start, starts[index + 1]);
    if (segments.some(({ kind }) => /INTR/.test(kind))) return [];
    const instructions: [number, number, number] = [0, 0, 0];
    for (const row of segments) instructions[row.level] += row.instructions;
    const reflected = segments[0]!.kind.replace('L2->L1 ', '');
    const l0Exits = segments.filter(({ level }) => level === 0).length;
    return [{ reflected, l0Exits, instructions, segments }];
  });
}

function mode(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

describe('the table of segments', () => {
  test('finds the trips of plug-c cpuid in the six segments of the table', () => {
    const trips = undisturbedTrips(rowsOf('plug-c.cpuid')).filter(
      ({ l0Exits, reflected }) => l0Exits === 3 && reflected === 'CPUID',
    );
    expect(trips).toHaveLength(147);
    const expected = JSON.stringify(CPUID_TRIP);
    const others = trips.filter(({ segments }) => {
      const cells = segments.map((row) => [
        row.kind,
        row.instructions,
        row.codePages,
        row.dataPages,
        row.allPages,
        row.tlbEntriesWith2MKernel,
      ]);
      return JSON.stringify(cells) !== expected;
    });
    // One trip begins with 3 instructions less: counts have an error of a few instructions.
    expect(others.map(({ segments, instructions }) => [segments[0]?.seg, instructions])).toEqual([
      [615, [12_235, 1_409, 21]],
    ]);
  });

  test.each([
    ['plug-c.cpuid', 'CPUID', 3, [12_238, 1_409, 21]],
    ['plug-c.cpuid-wss64', 'CPUID', 3, [12_238, 1_409, 602]],
    ['plug-c.pio', 'IOIO', 3, [12_469, 3_637, 20]],
    ['plug-c.ptechurn64', 'CPUID', 3, [12_238, 1_409, 1_186]],
    ['plug-a.cpuid', 'CPUID', 3, [12_273, 1_409, 21]],
    ['plug-b.l1shadow-cpuid', 'CPUID', 3, [13_461, 1_407, 21]],
    ['plug-b.l1shadow-npf32', '#PF', 3, [13_481, 10_101, 9]],
    ['plug-b.l1shadow-ptechurn64', 'INVLPG', 4, [14_761, 5_513, 6]],
    ['novls.cpuid', 'CPUID', 8, [21_584, 1_435, 21]],
  ])('finds the usual trip of %s, exit %s', (name, exit, l0Exits, instructions) => {
    const trips = undisturbedTrips(rowsOf(name)).filter(({ reflected }) => reflected === exit);
    const usual = mode(trips.map((trip) => JSON.stringify([trip.l0Exits, trip.instructions])));
    expect(usual).toBe(JSON.stringify([l0Exits, instructions]));
  });

  test('finds one exit of 1,398 instructions where nothing is nested', () => {
    const rows = rowsOf('l0flat.cpuid').filter(({ kind }) => kind === 'L1->L1 CPUID');
    expect(rows).toHaveLength(200);
    expect(mode(rows.map(({ instructions }) => `${instructions}`))).toBe('1398');
  });

  test('finds the regions of each segment to add up to its pages', () => {
    for (const name of NAMES) {
      const odd = rowsOf(name).filter((row) => {
        const kernel = row.kernelImagePages + row.modulePages + row.directMapPages;
        const rest = row.vmallocPages + row.vmemmapPages + row.userPages + row.otherPages;
        return kernel + rest !== row.allPages;
      });
      expect([name, odd.length]).toEqual([name, 0]);
    }
  });

  test('gives an ASID and a VMCB to guests and none to L0', () => {
    const [first, second, third] = rowsOf('plug-c.cpuid');
    expect(first).toMatchObject({ level: 2, asid: 3, tlbControl: 3, vmcb: '104217000' });
    expect(second).toMatchObject({ level: 0, asid: null, tlbControl: null, vmcb: null });
    expect(third).toMatchObject({ level: 1, startInstruction: 11_111_856_651, ncr3: '10424f000' });
  });
});

describe('readPageSequences', () => {
  test.each(NAMES)('touches in each segment of %s the pages that the table counts', (name) => {
    const rows = new Map(rowsOf(name).map((row) => [row.seg, row]));
    const segments = sequencesOf(name);
    expect(segments.length).toBeGreaterThan(0);
    for (const segment of segments) {
      const code = new Set<number>();
      const data = new Set<number>();
      const written = new Set<number>();
      let mismatches = 0;
      segment.touches.forEach((touch, index) => {
        const page = Math.floor(touch / 2);
        const isData = touch % 2 === 1;
        const kind = segment.kinds[index];
        if (isData !== (kind === 1 || kind === 2)) mismatches += 1;
        (isData ? data : code).add(page);
        if (kind === 2) written.add(page);
      });
      expect(mismatches).toBe(0);
      const row = rows.get(segment.seg);
      expect(headerOf(segment)).toEqual(row === undefined ? undefined : headerOf(row));
      expect([code.size, data.size, written.size, new Set([...code, ...data]).size]).toEqual([
        row?.codePages,
        row?.dataPages,
        row?.writtenPages,
        row?.allPages,
      ]);
    }
  });

  test('shares one table of distinct pages, exact up to 52 bits', () => {
    const segments = sequencesOf('plug-c.cpuid');
    const [first] = segments;
    expect(segments.every(({ pages }) => pages === first?.pages)).toBe(true);
    expect(new Set(first?.pages).size).toBe(first?.pages.length);
    expect(first?.pages[0]?.toString(16)).toBe('ffffffffc03a3');
    expect(first?.touches.slice(0, 2)).toEqual(Int32Array.from([0, 3]));
  });

  test('finds 123 pages of L0, 54 of L1 and 3 of L2 in a CPUID trip', () => {
    const segments = sequencesOf('plug-c.cpuid');
    const start = segments.findIndex(({ kind }) => kind === 'L2->L1 CPUID');
    const pages = [new Set<number>(), new Set<number>(), new Set<number>()];
    for (const { level, touches } of segments.slice(start, start + 6)) {
      for (const touch of touches) pages[level]?.add(Math.floor(touch / 2));
    }
    expect(pages.map(({ size }) => size)).toEqual([123, 54, 3]);
    const both = [...pages[0]!].filter((page) => pages[1]!.has(page));
    // L0 and L1 run the same kernel at the same addresses.
    expect(both.length).toBeGreaterThan(0);
  });

  test.each([
    ['', 'seq: the file is empty'],
    ['# S as in pages/\n', 'seq: the file has no segment'],
    ['X 1\n', 'line 1: a page is touched before any segment begins'],
    ['S 1 L0 L2->L1_CPUID instr=1 asid=0 tlb=- exit=72\nQ 1\n', 'line 2: "Q 1" is neither'],
    ['S 1 L0 L2->L1_CPUID instr=1 asid=0 tlb=- exit=72\nX 1g\n', 'line 2: the page is "1g"'],
    ['S 1 L0 L2->L1_CPUID instr=1 asid=0 tlb=0 exit=72\n', 'line 1: tlb=- belongs to L0'],
    ['S 1 L1 L1_until_CPUID instr=1 asid=0 tlb=- exit=72\n', 'line 1: tlb=- belongs to L0'],
    ['S 1 L7 L1_until_CPUID instr=1 asid=0 tlb=0 exit=72\n', 'line 1: "L7" is no level'],
    ['S 1 L1 L1_until_CPUID instr=1 asid=0 tlb=0\n', 'line 1: 3 fields where 4 belong'],
    ['S 1 L1 CPUID instr=1 asid=0 tlb=0 exit=72\n', 'line 1: "CPUID" is no kind of segment'],
    ['S 1 L1 L1_until_CPUID instr=1 asid=0 tlb=0 exit=72\nX 1', 'line 2: the last line is torn'],
  ])('says what is wrong with %j', (text, expected) => {
    expect(userErrorOf(() => readPageSequences(text, 'seq'))).toContain(expected);
  });
});

describe('page sets', () => {
  test.each(NAMES)('lists in each segment of %s the pages that the table counts', (name) => {
    const rows = new Map(rowsOf(name).map((row) => [row.seg, row]));
    const sets = setsOf(name);
    expect(sets.length).toBeGreaterThan(0);
    for (const set of sets) {
      const row = rows.get(set.seg);
      expect(headerOf(set)).toEqual(row === undefined ? undefined : headerOf(row));
      expect([
        set.pages.filter(({ executed }) => executed).length,
        set.pages.filter(({ read, written }) => read || written).length,
        set.pages.filter(({ written }) => written).length,
        set.pages.length,
      ]).toEqual([row?.codePages, row?.dataPages, row?.writtenPages, row?.allPages]);
    }
  });

  test('keeps the order of first touch, with flags and counts', () => {
    const [first] = setsOf('plug-c.cpuid');
    expect(first?.pages[0]).toEqual({
      page: 0xffffffffc03a3,
      executed: true,
      read: false,
      written: false,
      touches: 58,
    });
    expect(first?.pages[1]).toMatchObject({ executed: false, read: true, written: true });
  });
});
