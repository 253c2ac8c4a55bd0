import { describe, expect, test } from 'vitest';
import { readCpuLog } from '../../src/inputs/cpu-log.ts';
import { logSegments } from '../../src/inputs/log-segments.ts';
import { readPageSequences } from '../../src/inputs/page-sequences.ts';
import { readPageTouches } from '../../src/inputs/page-touches.ts';
import { joinSequences, joinTouches } from '../../src/inputs/touched-segments.ts';
import { userErrorOf } from './helpers.ts';

const HEADER = 'segment,level,order,page4k,access,guestPageShift,nestedPageShift\n';
const read = (...rows: string[]) =>
  readPageTouches(`${HEADER}${rows.map((row) => `${row}\n`).join('')}`, 'pages.csv');

const exit = (clock: number, vmcb: string, code: string) =>
  `${clock} VMEXIT vmcb=${vmcb} code=${code} info1=0 info2=0 rip=0 cr3=0 cpl=0 ecx=0 eax=0\n`;
const run = (clock: number, vmcb: string, asid: number, tlb: number) =>
  `${clock} VMRUN vmcb=${vmcb} asid=${asid} tlb=${tlb} clean=0 ncr3=0 cr3=0 rip=0 intctl=0 virt=0 inj=0\n`;
/** One CPUID trip: b is L2's VMCB, a is L1's. */
const LOG =
  '1 MARK 1\n' +
  exit(10, 'b', '72') +
  run(110, 'a', 2, 3) +
  '115 INVLPG g=1 va=5000 cr3=1000\n' +
  exit(140, 'a', '80') +
  run(240, 'b', 2, 3) +
  exit(245, 'b', '72');
const segmentsOfLog = () => logSegments(readCpuLog(LOG, 'log'));

describe('segments of a log', () => {
  test('are bounded by VMRUN and #VMEXIT, from the first one on', () => {
    const segments = segmentsOfLog().map(({ seg, level, kind, instructions, asid, tlbControl }) => [
      seg,
      level,
      kind,
      instructions,
      asid,
      tlbControl,
    ]);
    expect(segments).toEqual([
      [0, 0, 'L2->L1 CPUID', 100, null, null],
      [1, 1, 'L1 until VMRUN', 30, 2, 3],
      [2, 0, 'L1->L2 VMRUN', 100, null, null],
      [3, 2, 'L2 until CPUID', 5, 2, 3],
    ]);
  });

  test('carry what the CPU saw inside them', () => {
    expect(segmentsOfLog().map(({ within }) => within.map(({ kind }) => kind))).toEqual([
      [],
      ['invlpg'],
      [],
      [],
    ]);
  });
});

describe('levels of a log', () => {
  test('an L2 that executes VMRUN itself stays L2', () => {
    // b runs L2 and its L3: an exit of L3, L1 enters L2, which enters L3 by a VMRUN that L1 sees.
    const trip = (at: number): string =>
      exit(at, 'b', '72') +
      run(at + 10, 'a', 2, 0) +
      exit(at + 20, 'a', '80') +
      run(at + 30, 'b', 3, 0) +
      exit(at + 40, 'b', '80') +
      run(at + 50, 'a', 2, 0) +
      exit(at + 60, 'a', '80') +
      run(at + 70, 'b', 3, 0);
    const log = readCpuLog(`1 MARK 1\n${trip(100)}${trip(200)}`, 'log');
    expect(logSegments(log).map(({ kind }) => kind)).toContain('L2->L1 VMRUN');
    expect(new Set(logSegments(log).map(({ level }) => level))).toEqual(new Set([0, 1, 2]));
    expect(logSegments(log).filter(({ kind }) => kind === 'L1->L2 VMRUN')).toHaveLength(4);
  });
});

describe('page sequences', () => {
  const PAGES = ['0,L0,0,ffffffff81e00,rx,21,0', '1,L1,0,5,w,12,21'];
  const joined = () => joinTouches(segmentsOfLog(), read(...PAGES), 'pages.csv');
  const sequence = (...lines: string[]) =>
    joinSequences(joined(), readPageSequences(`${lines.join('\n')}\n`, 'seq'), 'seq');
  const L0 = 'S 0 L0 L2->L1_CPUID instr=100 asid=0 tlb=- exit=72';

  test('take the place of first touches, with their sizes', () => {
    const window = sequence(L0, 'X ffffffff81e00', 'R ffffffff81e00', 'X ffffffff81e00');
    expect(window.segments).toHaveLength(1);
    expect([...window.segments[0]!.touches]).toEqual([0, 1, 0]);
    expect(window.ownShifts[0]).toBe(21);
  });

  test.each([
    [[L0, 'X 5'], 'seq: page 5 of segment 0 has no first touch'],
    [[L0.replace('100', '101'), 'X 5'], 'seq: segment 0 is another one in the log'],
    [
      ['S 2 L0 L1->L2_VMRUN instr=100 asid=0 tlb=- exit=80', 'X 5'],
      'seq: segment 2 has no first touches',
    ],
  ])('of another window are refused: %j', (lines, message) => {
    expect(userErrorOf(() => sequence(...lines))).toContain(message);
  });
});

describe('first touches of pages', () => {
  test('are read with access and both sizes', () => {
    expect(read('0,L0,0,ffffffff81e00,rx,21,0', '1,L1,0,5,w,12,21')).toEqual([
      {
        seg: 0,
        level: 0,
        touches: [
          {
            page: 0xffffffff81e00,
            executed: true,
            read: true,
            written: false,
            ownShift: 21,
            nestedShift: 0,
          },
        ],
      },
      {
        seg: 1,
        level: 1,
        touches: [
          { page: 5, executed: false, read: false, written: true, ownShift: 12, nestedShift: 21 },
        ],
      },
    ]);
  });

  test.each([
    ['0,L0,0,5,r,12', '6 columns where 7 belong'],
    ['0,L3,0,5,r,12,0', '"L3" is no level'],
    ['0,L0,0,5,,12,0', 'the access is ""'],
    ['0,L0,0,5,xr,12,0', 'the access is "xr"'],
    ['0,L0,0,5,r,13,0', 'the page shift is "13"'],
    ['0,L0,0,5,r,12,13', 'the nested page shift is "13"'],
    ['0,L0,0,5g,r,12,0', 'the page is "5g"'],
    ['0,L0,1,5,r,12,0', 'the order is 1 where 0 belongs'],
    ['-1,L0,0,5,r,12,0', 'the segment is "-1"'],
  ])('are refused with the line: %s', (row, cause) => {
    expect(userErrorOf(() => read(row))).toContain(`pages.csv, line 2: ${cause}`);
  });

  test('come once for each page of a segment, and segments in order', () => {
    const twice = () => read('0,L0,0,5,r,12,0', '0,L0,1,5,w,12,0');
    expect(userErrorOf(twice)).toContain('line 3: the segment lists this page twice');
    const back = () => read('1,L0,0,5,r,12,0', '0,L0,0,5,w,12,0');
    expect(userErrorOf(back)).toContain('line 3: segment 0 follows segment 1');
    const mixed = () => read('1,L0,0,5,r,12,0', '1,L1,1,6,w,12,0');
    expect(userErrorOf(mixed)).toContain('line 3: the level changes inside a segment');
  });

  test('are joined with the segments of the log', () => {
    const window = joinTouches(
      segmentsOfLog(),
      read('0,L0,0,5,rx,21,0', '0,L0,1,6,w,12,0', '1,L1,0,5,r,12,12', '3,L2,0,6,x,12,12'),
      'pages.csv',
    );
    expect([...window.pages]).toEqual([5, 6, 5, 6]);
    expect([...window.levels]).toEqual([0, 0, 1, 2]);
    expect([...window.ownShifts]).toEqual([21, 12, 12, 12]);
    expect([...window.nestedShifts]).toEqual([0, 0, 12, 12]);
    expect(window.segments.map(({ touches }) => [...touches])).toEqual([[0, 1, 3], [5], [], [6]]);
  });

  test('a mapping that changes its size counts with the smaller one', () => {
    const touched = read('0,L0,0,5,r,21,0', '2,L0,0,5,r,12,0');
    expect([...joinTouches(segmentsOfLog(), touched, 'pages.csv').ownShifts]).toEqual([12]);
  });

  test('of another window do not fit', () => {
    const other = () => joinTouches(segmentsOfLog(), read('0,L1,0,5,r,12,0'), 'pages.csv');
    expect(userErrorOf(other)).toContain('segment 0 is of L1, and the log has one of L0 there');
    const longer = () => joinTouches(segmentsOfLog(), read('9,L1,0,5,r,12,0'), 'pages.csv');
    expect(userErrorOf(longer)).toContain('the log has no segment there');
  });
});
