import { describe, expect, test } from 'vitest';
import { readCpuLog } from '../../src/inputs/cpu-log.ts';
import { readPageSequences } from '../../src/inputs/page-sequences.ts';
import { summarizeTrips } from '../../src/rig/trip-table.ts';
import { PAGES_HEADER, SEQUENCE_HEADER, splitWindow } from '../../src/rig/windows.ts';

const L1 = 'vmcb=a000';
const L2 = 'vmcb=b000';

function vmrun(clock: number, vmcb: string, tlb = 0): string {
  return `${clock} VMRUN ${vmcb} asid=1 tlb=${tlb} clean=0 ncr3=1000 cr3=2000 rip=0 intctl=0 virt=0 inj=0`;
}

function vmexit(clock: number, vmcb: string, code: string): string {
  return `${clock} VMEXIT ${vmcb} code=${code} info1=0 info2=0 rip=0 cr3=2000 cpl=0 ecx=0 eax=0`;
}

/** Round trips of CPUID, `clock` apart, with one flush each. */
function trips(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const at = 1000 * (index + 1);
    return [
      `${at - 10} MARK 3 g=1`,
      vmexit(at, L2, '72'),
      `${at + 1} P ffffffff81000000 x 21 0`,
      `${at + 2} P ffff888000001000 r 30 0`,
      `${at + 3} P ffffffff81000000 r 21 0`,
      vmrun(at + 100, L1, 3),
      `${at + 101} P 400000 w 12 21`,
      vmexit(at + 300, L1, '80'),
      vmrun(at + 700, L2),
    ];
  }).flat();
}

const WHOLE = `${['990 MARK 1', '991 P 1000 w 12 12', ...trips(3), '9000 MARK 2 g=1'].join('\n')}\n`;
const LIMITS = { events: 1000, segments: 1000, steps: 1000 };

describe('a window of the emulator', () => {
  test('is split into a log that replay reads and the pages of its segments', () => {
    const window = splitWindow(WHOLE, LIMITS);
    expect(window.iterations).toBe(3);
    expect(window.isTruncated).toBe(false);
    expect(readCpuLog(window.log, 'log').events).toHaveLength(1 + 3 * 5 + 1);
    expect(window.pages?.split('\n').slice(0, 4)).toEqual([
      PAGES_HEADER,
      '0,L0,0,ffffffff81000,rx,21,0',
      '0,L0,1,ffff888000001,r,30,0',
      '1,L1,0,400,w,12,21',
    ]);
  });

  test('says how long it was where it is cut', () => {
    const window = splitWindow(WHOLE, { events: 6, segments: 2, steps: 0 });
    const log = readCpuLog(window.log, 'log');
    expect(log).toMatchObject({ truncated: true, fullLineCount: 17 });
    expect(window).toMatchObject({ isTruncated: true, iterations: 1 });
    expect(window.pages?.trim().split('\n')).toHaveLength(4);
  });

  test('whose emulator was ended in a line loses that line and counts as cut', () => {
    const window = splitWindow(WHOLE.slice(0, -4), LIMITS);
    expect(window.isTruncated).toBe(true);
    expect(readCpuLog(window.log, 'log').truncated).toBe(true);
  });

  test('without touches has no pages', () => {
    expect(splitWindow(WHOLE.replace(/^\d+ P .*\n/gm, ''), LIMITS).pages).toBeNull();
  });
});

describe('page sequences of a window', () => {
  const steps = 'Q X ffffffff81000\nQ R ffff888000001\nQ W ffff888000001\nQ X ffffffff81000\n';
  const withSteps = WHOLE.replaceAll(/^(\d+3 P .*\n)/gm, `$1${steps}`);

  test('are lines of their own, beside the same log and pages', () => {
    const window = splitWindow(withSteps, LIMITS);
    expect(window).toMatchObject({ ...splitWindow(WHOLE, LIMITS), sequence: expect.anything() });
    expect(window.sequence?.split('\n').slice(0, 7)).toEqual([
      SEQUENCE_HEADER,
      'S 0 L0 L2->L1_CPUID instr=100 asid=0 tlb=- exit=72',
      'X ffffffff81000',
      'R ffff888000001',
      'W ffff888000001',
      'X ffffffff81000',
      'S 4 L0 L2->L1_CPUID instr=100 asid=0 tlb=- exit=72',
    ]);
    expect(readPageSequences(window.sequence ?? '', 'seq')).toHaveLength(3);
  });

  test('leave out the segment in which the emulator had written enough', () => {
    const cut = withSteps.replace(/Q X ffffffff81000\n(?![\s\S]*Q X)/, 'Q end\n');
    const sequence = splitWindow(cut, LIMITS).sequence ?? '';
    expect(readPageSequences(sequence, 'seq').map(({ seg }) => seg)).toEqual([0, 4]);
  });

  test('end with a whole segment', () => {
    const window = splitWindow(withSteps, { ...LIMITS, steps: 6 });
    expect(readPageSequences(window.sequence ?? '', 'seq').map(({ seg }) => seg)).toEqual([0, 4]);
  });
});

describe('round trips of a log', () => {
  test('are summarised by the most frequent sequence of exits', () => {
    const summary = summarizeTrips(readCpuLog(splitWindow(WHOLE, LIMITS).log, 'log'));
    expect(summary).toEqual({
      exits: ['CPUID', 'VMRUN'],
      trips: 2,
      l0Instructions: 500,
      l1Instructions: 200,
      flushes: 1,
    });
  });

  test('leave out those that an interrupt of the host falls into', () => {
    const disturbed = ['10 MARK 1', vmexit(20, L2, '60'), ...trips(3), '9000 MARK 2 g=1'];
    const log = readCpuLog(
      `${disturbed.filter((line) => !line.includes(' P ')).join('\n')}\n`,
      'log',
    );
    expect(summarizeTrips(log)?.trips).toBe(2);
  });

  test('are none where L1 never runs', () => {
    expect(
      summarizeTrips(readCpuLog(`${vmrun(1, L1)}\n${vmexit(2, L1, '72')}\n`, 'log')),
    ).toBeNull();
  });
});
