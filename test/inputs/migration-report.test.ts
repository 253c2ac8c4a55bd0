import { describe, expect, test } from 'vitest';
import { readMigrationReport } from '../../src/inputs/migration-report.ts';
import { captured, userErrorOf } from './helpers.ts';

const TEXT = captured('nested-vmcb12', 'reports', 'migration-mig.txt');

describe('readMigrationReport', () => {
  const report = readMigrationReport(TEXT, 'mig');

  test('reads the counts of VMRUNs by VMCB and TLB_CONTROL', () => {
    expect(report.vmruns).toEqual([
      { tlbControl: 1, vmcb: '01', count: 18 },
      { tlbControl: 0, vmcb: '01', count: 31_558 },
      { tlbControl: 3, vmcb: '01', count: 4_807 },
      { tlbControl: 3, vmcb: '02', count: 4_680 },
      { tlbControl: 0, vmcb: '02', count: 741 },
      { tlbControl: 1, vmcb: '02', count: 2 },
    ]);
  });

  test.each([
    ['01' as const, 136, 132, 17],
    ['02' as const, 5, 4, 1],
  ])('adds up for vmcb%s to the table of moves', (vmcb, differs, equal, flushAll) => {
    const rows = report.firstVmruns.filter((row) => row.vmcb === vmcb);
    const sum = (chosen: typeof rows) => chosen.reduce((total, { count }) => total + count, 0);
    expect(sum(rows.filter(({ asidDiffers }) => asidDiffers))).toBe(differs);
    expect(sum(rows.filter(({ asidDiffers }) => !asidDiffers))).toBe(equal);
    expect(sum(rows.filter(({ tlbControl }) => tlbControl === 1))).toBe(flushAll);
  });

  test('counts 268 moves in six patterns', () => {
    expect(report.moves).toBe(268);
    expect(report.patterns).toHaveLength(6);
    expect(report.patterns.reduce((total, { count }) => total + count, 0)).toBe(268);
    expect(report.patterns[2]).toEqual({
      count: 2,
      vmrunsAfter: [
        { vmcb: '02', tlbControl: 3 },
        { vmcb: '01', tlbControl: 3 },
        { vmcb: '01', tlbControl: 0 },
        { vmcb: '01', tlbControl: 0 },
      ],
    });
  });

  test('reads each listed move with the eight VMRUNs after it', () => {
    expect(report.migrations).toHaveLength(9);
    expect(report.migrations[0]).toEqual({
      line: 19,
      instructionClock: 8_272_676_850,
      fromPcpu: 0,
      toPcpu: 1,
      beforeVmcb: '01',
      beforeAsid: 1,
      vmrunsAfter: [
        { vmcb: '01', asidOffset: 0, tlbControl: 1 },
        { vmcb: '01', asidOffset: 0, tlbControl: 0 },
        ...Array.from({ length: 6 }, () => ({ vmcb: '01', asidOffset: 1, tlbControl: 0 })),
      ],
    });
    for (const { fromPcpu, toPcpu, vmrunsAfter } of report.migrations) {
      expect(fromPcpu + toPcpu).toBe(1);
      expect(vmrunsAfter).toHaveLength(8);
    }
  });

  test('reads an ASID that is smaller after the move', () => {
    const text = TEXT.replaceAll('01/asid+1/tlb0', '01/asid-3/tlb0');
    expect(readMigrationReport(text, 'mig').migrations[0]?.vmrunsAfter[2]?.asidOffset).toBe(-3);
  });

  test('names the line and what is wrong', () => {
    const lines = TEXT.split('\n');
    const cases: readonly (readonly [string, string])[] = [
      ['', 'mig: the file is empty'],
      ['hello\n', 'line 1: "hello" is not the head of a migration report'],
      [`${lines[0]}\n`, 'line 1: the section "first VMRUN of a VMCB on another pCPU:" is missing'],
      [lines.slice(0, 12).join('\n').concat('\n'), 'mig: the report ends before its list of moves'],
      [lines.slice(0, 18).join('\n').concat('\n'), 'mig: the report ends before its list of moves'],
      [TEXT.replace("'asid new'", "'asid old'"), "line 3: \"   127 ('01', 'asid old'"],
      [TEXT.replace('tlb1 01/', 'tlb2 01/'), 'is 2, not 0, 1, 3 or 7'],
      [TEXT.slice(0, -5), 'the last line is torn'],
      [TEXT.replace('8328498690', '3'), 'line 21: the instruction clock runs backwards'],
    ];
    for (const [text, expected] of cases) {
      expect(userErrorOf(() => readMigrationReport(text, 'mig'))).toContain(expected);
    }
  });
});
