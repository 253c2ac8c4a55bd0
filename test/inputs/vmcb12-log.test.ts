import { describe, expect, test } from 'vitest';
import { readCpuLog } from '../../src/inputs/cpu-log.ts';
import { exitName } from '../../src/inputs/exit-codes.ts';
import { readVmcb12Log, type Vmcb12Log, type Vmrun12Record } from '../../src/inputs/vmcb12-log.ts';
import { captured, userErrorOf } from './helpers.ts';

function read(run: string): Vmcb12Log {
  return readVmcb12Log(captured('nested-vmcb12', 'vmcb12', `${run}.vmcb12.gz`), run);
}

function vmrunsOf(log: Vmcb12Log): Vmrun12Record[] {
  return log.records.filter((record) => record.kind === 'vmrun12');
}

/** In the run with an L3, the VMCB with fewer lines is vmcb02: L2 is the executor. */
function vmrunsOfL1(log: Vmcb12Log, run: string): Vmrun12Record[] {
  const vmruns = vmrunsOf(log);
  if (run !== 'l3') return vmruns;
  const lines = new Map<string, number>();
  for (const { by } of vmruns) lines.set(by, (lines.get(by) ?? 0) + 1);
  const [vmcb01] = [...lines].sort(([, a], [, b]) => b - a)[0] ?? [];
  return vmruns.filter(({ by }) => by === vmcb01);
}

/** Columns of the table of whole runs in data/nested-vmcb12/METHOD.md. */
const WHOLE_RUNS: readonly (readonly [
  string,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
])[] = [
  ['linux', 8_019, 1, 0, 0, 1, 50, 0],
  ['linuxc', 8_450, 1, 0, 0, 1, 50, 0],
  ['linux-nofba', 8_203, 1, 0, 50, 8, 0, 0],
  ['linux2v', 14_858, 2, 2_638, 2_638, 1, 87, 0],
  ['l3', 8_098, 2, 286, 2, 1, 406, 0],
  ['flat', 46_904, 32, 1_440, 1_440, 5, 1_461, 960],
  ['flat-nofba', 13_372, 14, 389, 411, 6, 0, 0],
  ['l1smp', 12_953, 9, 32, 42, 4, 33, 0],
  ['mig', 4_676, 6, 141, 141, 1, 27, 0],
  ['compact', 4_482, 3, 2, 2, 1, 66, 0],
  ['l1smplinux', 3_884, 1, 0, 0, 1, 22, 0],
];

describe('readVmcb12Log on the captured runs', () => {
  test.each(WHOLE_RUNS)('counts the whole life of %s', (run, ...expected) => {
    const log = read(run);
    const vmruns = vmrunsOfL1(log, run);
    const previous = new Map<string, Vmrun12Record>();
    let switches = 0;
    let asidChanges = 0;
    for (const vmrun of vmruns) {
      const before = previous.get(vmrun.by);
      if (before !== undefined && before.gpa !== vmrun.gpa) switches += 1;
      if (before !== undefined && before.asid !== vmrun.asid) asidChanges += 1;
      previous.set(vmrun.by, vmrun);
    }
    expect([
      vmruns.length,
      new Set(vmruns.map(({ gpa }) => gpa)).size,
      switches,
      asidChanges,
      vmruns.filter(({ tlbControl }) => tlbControl === 1).length,
      vmruns.filter(({ tlbControl }) => tlbControl === 3).length,
      log.records.filter(({ kind }) => kind === 'invlpga').length,
    ]).toEqual(expected);
  });

  test.each([
    ['flat', 'flat.two-cpuid-cpuid'],
    ['flat', 'flat.two-hlt-hlt'],
    ['flat', 'flat.shadow-ptechurn64'],
    ['flat-nofba', 'flat-nofba.npf32'],
    ['l1smp', 'l1smp.migrate'],
    ['l3', 'l3.l3-cpuid'],
    ['linux', 'linux.boot'],
    ['linux2v', 'linux2v.pipe'],
    ['mig', 'mig.two-cpuid-cpuid'],
  ])('resolves every D of %s to what the CPU log %s has in full', (run, excerpt) => {
    const byClock = new Map(vmrunsOf(read(run)).map((vmrun) => [vmrun.instructionClock, vmrun]));
    const text = captured('nested-vmcb12', 'hw', `${excerpt}.hw.gz`);
    let compared = 0;
    for (const event of readCpuLog(text, excerpt).events) {
      if (event.kind !== 'vmcb12') continue;
      const { by, gpa, asid, tlbControl, np, ncr3, cr3, cr4, clean, rip, pcpu } = event;
      const prevExit = exitName(event.previousExitCode);
      expect(byClock.get(event.instructionClock)).toMatchObject({
        ...{ by, gpa, asid, tlbControl, np, ncr3, cr3, cr4, clean, rip, pcpu },
        prevExit,
      });
      compared += 1;
    }
    expect(compared).toBeGreaterThan(70);
  });

  test('finds tlb12=1 with asid12=1 only, and never tlb12=7', () => {
    for (const [run] of WHOLE_RUNS) {
      const odd = vmrunsOf(read(run)).filter(({ asid, tlbControl }) => {
        return tlbControl === 7 || (tlbControl === 1 && asid !== 1);
      });
      expect([run, odd]).toEqual([run, []]);
    }
  });

  test('finds the 284 times that an L3 shares its asid12 with L2, always with tlb12=3', () => {
    const vmruns = vmrunsOfL1(read('l3'), 'l3');
    const shared = vmruns.filter((vmrun, index) => {
      const before = vmruns[index - 1];
      return before !== undefined && before.gpa !== vmrun.gpa && before.asid === vmrun.asid;
    });
    expect(shared).toHaveLength(284);
    expect(shared.every(({ tlbControl }) => tlbControl === 3)).toBe(true);
  });

  test('finds one INVLPGA of the current asid12 before each of 960 requests', () => {
    const { records } = read('flat');
    let asid: number | undefined;
    let equal = 0;
    for (const record of records) {
      if (record.kind === 'vmrun12') asid = record.asid;
      if (record.kind === 'invlpga' && record.ecx === asid) equal += 1;
    }
    expect(equal).toBe(960);
  });

  test('gives the reasons of a flush and none elsewhere', () => {
    const [first, second] = vmrunsOf(read('linux'));
    expect(first).toEqual({
      kind: 'vmrun12',
      line: 3,
      instructionClock: 8_256_641_553,
      pcpu: 0,
      by: '104779000',
      gpa: '4f5a3000',
      asid: 1,
      tlbControl: 1,
      np: true,
      ncr3: '4f738000',
      cr3: '0',
      cr4: '40',
      clean: '0',
      rip: '200',
      prevExit: 'RD_CR0',
      l0Exits: 7391,
      why: [
        'first',
        'svm_flush_tlb_current',
        '+kvm_mmu_load',
        '+kvm_mmu_notifier_invalidate_range_start',
        '+svm_set_efer',
        '+svm_vcpu_reset',
      ],
    });
    expect(second).toMatchObject({ asid: 1, tlbControl: 0, prevExit: 'INTR', why: [] });
  });

  test('nests marks 6 and 7 like brackets around each workload', () => {
    for (const run of ['flat', 'flat-nofba', 'linux', 'linux2v']) {
      let depth = 0;
      for (const record of read(run).records) {
        if (record.kind !== 'mark') continue;
        if (record.number === 6) depth += 1;
        if (record.number === 7) depth -= 1;
        expect(depth).toBeGreaterThanOrEqual(0);
      }
      expect([run, depth]).toEqual([run, 0]);
    }
  });
});

describe('readVmcb12Log on bad input', () => {
  const full = '5 0 1000 2000 1 0 1 3000 4000 20 0 100 CPUID 3 ';

  test.each([
    ['', 'log: the file is empty'],
    ['# only a head\n', 'log: the log has no record'],
    ['5 0 D D D D D D D D D D CPUID 3 \n', 'line 1: D (same as before) stands where nothing is'],
    [`${full}\n6 0 D D D D CPUID 3 \n`, 'line 2: 8 columns where 14 belong'],
    [`${full}\n4 0 D D D D D D D D D D CPUID 3 \n`, 'line 2: the instruction clock runs backwards'],
    [full, 'line 1: the last line is torn'],
    [`${full.replace('CPUID', 'NOSUCH')}\n`, 'line 1: "NOSUCH" is no SVM exit'],
    [`${full.replace(' 1 0 1 ', ' 1 4 1 ')}\n`, 'line 1: tlb is 4, not 0, 1, 3 or 7'],
    [`${full.replace(' 1 0 1 ', ' 1 0 2 ')}\n`, 'line 1: np is 2, outside 0 to 1'],
    [`${full.replace('3000', '3g')}\n`, 'line 1: ncr3 is "3g", not a hexadecimal number'],
    [`${full}; first (what)\n`, 'line 1: "(what)" is no reason'],
    [`5 0 INVLPGA by=1 va=2\n`, 'line 1: 2 fields where 3 belong'],
    [`5 0 MARK 6\n`, 'line 1: 0 fields where 1 belong'],
    [`5 0 MARK x in=1\n`, 'line 1: the number of the mark is "x"'],
  ])('names the line and what is wrong: %j', (text, expected) => {
    expect(userErrorOf(() => readVmcb12Log(text, 'log'))).toContain(expected);
  });

  test('knows rare exits by their digits and exception 14 as #PF', () => {
    const names = ['89', '65', 'PF'].map((name) => {
      const [record] = vmrunsOf(readVmcb12Log(`${full.replace('CPUID', name)}\n`, 'log'));
      return record?.prevExit;
    });
    expect(names).toEqual(['WBINVD', 'CR0_SEL_WRITE', '#PF']);
  });
});
