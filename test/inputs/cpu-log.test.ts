import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CpuLog, readCpuLog } from '../../src/inputs/cpu-log.ts';
import { exitName } from '../../src/inputs/exit-codes.ts';
import { dataPath } from '../../src/inputs/load-data.ts';
import { captured, userErrorOf } from './helpers.ts';

function read(folder: string, name: string): CpuLog {
  const ending = folder === 'nested-kvm' ? 'br' : 'gz';
  return readCpuLog(captured(folder, 'hw', `${name}.hw.${ending}`), name);
}

interface Crossings {
  /** VMRUNs of another VMCB than that of the #VMEXIT before, and those of them that flush. */
  crossing: number;
  crossingFlush: number;
  other: number;
  otherFlush: number;
  /** VMRUNs whose ASID differs from that of the VMRUN before. */
  crossingNewAsid: number;
  otherNewAsid: number;
}

function countCrossings(log: CpuLog): Crossings {
  const counts: Crossings = {
    crossing: 0,
    crossingFlush: 0,
    other: 0,
    otherFlush: 0,
    crossingNewAsid: 0,
    otherNewAsid: 0,
  };
  let exited: string | undefined;
  let asid: number | undefined;
  for (const event of log.events) {
    if (event.kind === 'vmexit') exited = event.vmcb;
    if (event.kind !== 'vmrun' || exited === undefined) continue;
    const flush = event.tlbControl === 0 ? 0 : 1;
    const newAsid = asid !== undefined && asid !== event.asid ? 1 : 0;
    if (event.vmcb === exited) {
      counts.other += 1;
      counts.otherFlush += flush;
      counts.otherNewAsid += newAsid;
    } else {
      counts.crossing += 1;
      counts.crossingFlush += flush;
      counts.crossingNewAsid += newAsid;
    }
    asid = event.asid;
  }
  return counts;
}

const NESTED_RUNS = /^(trace-a|l2linux-trace|plug-[abc]|l2linux-b|novls)\./;

describe('readCpuLog on the nested runs', () => {
  const files = readdirSync(dataPath('nested-kvm', 'hw')).map((file) => file.replace('.hw.br', ''));

  test('finds TLB_CONTROL 3 on every VMRUN that crosses between L1 and L2 and on no other', () => {
    const nested = files.filter((file) => NESTED_RUNS.test(file));
    expect(nested).toHaveLength(35);
    let crossing = 0;
    let other = 0;
    for (const file of nested) {
      const log = read('nested-kvm', file);
      const counts = countCrossings(log);
      expect([file, counts.crossingFlush, counts.otherFlush]).toEqual([file, counts.crossing, 0]);
      const controls = log.events.flatMap((event) =>
        event.kind === 'vmrun' ? [event.tlbControl] : [],
      );
      expect(controls.every((control) => control === 0 || control === 3)).toBe(true);
      crossing += counts.crossing;
      other += counts.other;
    }
    // Counted in the files as shipped, which are cut at 4,000 events.
    expect([crossing, other]).toEqual([9_400, 10_208]);
  });

  test('finds the only other flushes after the MADV_DONTNEED of l0flat.npf32: 10', () => {
    for (const file of files.filter((name) => name.startsWith('l0flat.'))) {
      const counts = countCrossings(read('nested-kvm', file));
      expect([file, counts.crossing, counts.otherFlush]).toEqual([
        file,
        0,
        file === 'l0flat.npf32' ? 10 : 0,
      ]);
    }
  });

  test.each([
    ['cpuid', 402, 27, 204],
    ['npf32', 662, 44, 986],
    ['ptechurn64', 60, 4, 32],
  ])(
    'finds a new ASID on each crossing without FLUSHBYASID (%s)',
    (name, crossing, wraps, other) => {
      const log = read('nested-kvm', `noflushasid.${name}`);
      const counts = countCrossings(log);
      expect(counts).toMatchObject({ crossing, crossingFlush: wraps, other, otherFlush: 0 });
      // The first crossing has no VMRUN before it to differ from.
      expect(counts).toMatchObject({ crossingNewAsid: crossing - 1, otherNewAsid: 0 });
      for (const event of log.events) {
        if (event.kind !== 'vmrun' || event.tlbControl === 0) continue;
        expect([event.tlbControl, event.asid]).toEqual([1, 1]);
      }
    },
  );

  test('says which logs were cut, and how long they were', () => {
    const cut = files
      .map((file) => read('nested-kvm', file))
      .filter((log) => log.truncated)
      .map((log) => [log.path, log.events.length, log.fullLineCount]);
    expect(cut).toEqual([
      ['novls.npf32', 4000, 7379],
      ['plug-a.npf32', 4000, 4594],
      ['plug-b.l1shadow-ptechurn64', 4000, 11_827],
      ['trace-a.l1shadow-ptechurn64', 4000, 19_553],
      ['trace-a.npf32', 4000, 7299],
    ]);
  });

  test('finds one INVLPGA with ASID 2 by L0 in L1-shadow runs only', () => {
    const withInvlpga = files.filter((file) =>
      read('nested-kvm', file).events.some((event) => event.kind === 'invlpga'),
    );
    expect(withInvlpga).toEqual(['plug-b.l1shadow-ptechurn64', 'trace-a.l1shadow-ptechurn64']);
  });

  test('reads every field of a line without a pCPU column', () => {
    const { events, hasPcpuColumn } = read('nested-kvm', 'plug-c.cpuid');
    expect(hasPcpuColumn).toBe(false);
    expect(events.slice(0, 3)).toEqual([
      {
        kind: 'mark',
        line: 1,
        instructionClock: 11_111_839_997,
        pcpu: 0,
        number: 1,
        guestMode: null,
        vmcb: null,
      },
      {
        kind: 'vmexit',
        line: 2,
        instructionClock: 11_111_839_997,
        pcpu: 0,
        vmcb: '104217000',
        code: 0x60,
        info1: '0',
        info2: '0',
        rip: '1002c1',
        cr3: '10000',
        cpl: 0,
        ecx: '444d4163',
        eax: '96',
      },
      {
        kind: 'vmrun',
        line: 3,
        instructionClock: 11_111_856_651,
        pcpu: 0,
        vmcb: '1043bd000',
        asid: 3,
        tlbControl: 3,
        clean: '80000986',
        ncr3: '10424f000',
        cr3: '3f980000',
        rip: 'ffffffffc03a3c50',
        interruptControl: '30f0101',
        virtualExtensions: '2',
        eventInjection: '0',
      },
    ]);
  });
});

describe('readCpuLog on logs with a pCPU column', () => {
  test('reads the kinds of event that only these have', () => {
    const log = read('nested-vmcb12', 'flat.shadow-ptechurn64');
    expect([log.hasPcpuColumn, log.truncated, log.fullLineCount]).toEqual([true, true, null]);
    expect(log.events.find((event) => event.kind === 'vmcb12')).toEqual({
      kind: 'vmcb12',
      line: 12,
      instructionClock: 15_019_342_901,
      pcpu: 0,
      by: '104379000',
      gpa: '3f943000',
      physicalAddress: '106b43000',
      asid: 2,
      tlbControl: 0,
      np: false,
      ncr3: '0',
      cr3: '6f25000',
      cr4: '6e0',
      cr0: '80050033',
      efer: '1d00',
      clean: '80000df7',
      rip: '10011c',
      eventInjection: '0',
      previousExitCode: 0x4e,
    });
    expect(log.events.find((event) => event.kind === 'functionEntry')).toMatchObject({
      name: 'svm_set_efer',
      vmcb: null,
    });
    const invlpga12 = log.events.filter((event) => event.kind === 'invlpga12');
    const invlpga = log.events.filter((event) => event.kind === 'invlpga');
    // L0 answers each of L1's INVLPGA of ASID 2 with one of its own, of the shared ASID 5.
    expect([invlpga12.length, invlpga.length]).toEqual([45, 45]);
    expect(invlpga12.every((event) => event.asid === 2)).toBe(true);
    expect(invlpga.every((event) => event.asid === 5)).toBe(true);
    expect(invlpga.map((event) => event.address)).toEqual(invlpga12.map((event) => event.address));
  });

  test('finds a vmcb12 line at every #VMEXIT with code 0x80', () => {
    for (const file of readdirSync(dataPath('nested-vmcb12', 'hw'))) {
      const { events } = read('nested-vmcb12', file.replace('.hw.gz', ''));
      events.forEach((event, index) => {
        if (event.kind !== 'vmexit' || exitName(event.code) !== 'VMRUN') return;
        const next = events[index + 1];
        expect([file, next?.kind, next?.kind === 'vmcb12' && next.by]).toEqual([
          file,
          'vmcb12',
          event.vmcb,
        ]);
      });
    }
  });

  test('finds two pCPUs in the run with moves', () => {
    const { events } = read('nested-vmcb12', 'mig.two-cpuid-cpuid');
    expect(new Set(events.map((event) => event.pcpu))).toEqual(new Set([0, 1]));
  });

  test('finds ASID 1 and TLB_CONTROL 1 in every VMRUN of kvm-unit-tests', () => {
    const runs = readCpuLog(captured('nested-vmcb12', 'kut-svm.hw.gz'), 'kut-svm').events.filter(
      (event) => event.kind === 'vmrun',
    );
    expect(runs).toHaveLength(1_499);
    expect(runs.every((run) => run.asid === 1 && run.tlbControl === 1)).toBe(true);
  });
});

describe('readCpuLog on bad input', () => {
  const exit = 'VMEXIT vmcb=1 code=72 info1=0 info2=0 rip=0 cr3=0 cpl=0 ecx=0 eax=0';
  const run = 'VMRUN vmcb=1 asid=1 tlb=0 clean=0 ncr3=0 cr3=0 rip=0 intctl=0 virt=0 inj=0';

  test.each([
    ['', 'log: the file is empty'],
    ['# truncated\n', 'log: the log has no event'],
    [`5 ${exit}\n4 ${run}\n`, 'line 2: the instruction clock runs backwards, from 5 to 4'],
    [`5 ${exit}`, 'line 1: the last line is torn'],
    [`5 ${exit}\n\n`, 'line 2: the instruction clock is ""'],
    [`5 ${exit} x=1\n`, 'line 1: 10 fields where 9 belong'],
    [`5 ${exit.replace('cpl=0', 'cpl=4')}\n`, 'line 1: cpl is 4, outside 0 to 3'],
    [`5 ${exit.replace('code=72', 'code=zz')}\n`, 'line 1: code is "zz"'],
    [`5 ${exit.replace('info1', 'infoX')}\n`, 'line 1: "infoX=0" stands where info1= belongs'],
    [`5 ${run.replace('tlb=0', 'tlb=2')}\n`, 'line 1: tlb is 2, not 0, 1, 3 or 7'],
    [`5 ${run.replace('asid=1', 'asid=4294967296')}\n`, 'line 1: asid is 4294967296, outside'],
    [`5 ${run}\n6 0 ${run}\n`, 'line 2: "0" is no event of a CPU log'],
    [`5 CR2W g=0 old=0 new=0\n`, 'line 1: "CR2W" is no event of a CPU log'],
    [`5 MARK\n`, 'line 1: the number of the mark is ""'],
    [`5 0 F only\n`, 'line 1: a function entry is not F, a name and a VMCB'],
    [`5 ${exit}\n# hello\n`, 'line 2: "# hello" is no note of a CPU log'],
    [`5 ${exit}\n# truncated\n6 ${run}\n`, 'line 3: lines follow the note that the log was cut'],
    [`5 ${exit}\n\u0000\n`, 'line 2: this is binary data, not a text log'],
    ['# tracer: function\n', 'line 1: "# tracer: function" is no note of a CPU log'],
  ])('names the line and what is wrong: %j', (text, expected) => {
    expect(userErrorOf(() => readCpuLog(text, 'log'))).toContain(expected);
  });

  test('accepts CR LF line ends and the code of a failed VMRUN', () => {
    const text = `5 ${exit.replace('code=72', 'code=ffffffffffffffff')}\r\n`;
    expect(readCpuLog(text, 'log').events[0]).toMatchObject({ code: -1, eax: '0' });
  });
});
