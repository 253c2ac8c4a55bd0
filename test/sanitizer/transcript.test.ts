import { describe, expect, it } from 'vitest';
import { parseTranscript } from '../../src/checker/transcript.ts';
import { readReport } from '../../src/sanitizer/read-report.ts';
import { Symbols } from '../../src/sanitizer/symbols.ts';
import { transcriptOf } from '../../src/sanitizer/transcript.ts';
import { REPORT } from './samples.ts';

const use = readReport(REPORT, 'r').uses[0]!;

describe('transcriptOf', () => {
  it('tells what happened between fill and use in the checker’s words', () => {
    expect(transcriptOf(use, null)).toEqual([
      'v0 load p0',
      'v0 touch page=0               # L2 of asid12 1 fills ASID 1 on p0',
      'v0 reflected-exit             # VMMCALL',
      'v0 enter                      # VMRUN vmcb01 ASID 1 TLB_CONTROL 0',
      'v0 invlpg page=1',
      'v0 vmrun asid=2 tlb=3',
      'v0 enter                      # VMRUN vmcb02 ASID 1 TLB_CONTROL 0',
      '                              # … 7 more',
      'v0 reflected-exit             # CPUID',
      'v0 enter                      # VMRUN vmcb01 ASID 1 TLB_CONTROL 0',
      "v0 touch page=0               # STALE: hits an entry of v0's L2 of asid12 1",
    ]);
  });

  it('is a transcript that the checker can read', () => {
    const { events } = parseTranscript(transcriptOf(use, null).join('\n'), 't');
    expect(events.map((event) => event.kind)).toEqual([
      'load',
      'touch',
      'reflected-exit',
      'enter',
      'invlpg',
      'vmrun',
      'enter',
      'reflected-exit',
      'enter',
      'touch',
    ]);
  });

  it('names functions where symbols are known', () => {
    const symbols = Symbols.parse('ffffffff80001000 t svm_vcpu_run\n', true);
    const inKernel = { ...use, rip: 0xffffffff80001010n };
    expect(transcriptOf(inKernel, symbols).at(-1)).toBe(
      "v0 touch page=0               # STALE: hits an entry of v0's L2 of asid12 1 in svm_vcpu_run()",
    );
  });

  it('tells long runs of exits and entries as one line', () => {
    const [exit, enter] = use.events.slice(7, 9);
    const same = { ...enter!, level: 2, asid12: 2 };
    const events = Array.from({ length: 20 }, () => [exit!, same]).flat();
    const lines = transcriptOf({ ...use, events }, null);
    expect(lines).toHaveLength(6);
    expect(lines[4]).toContain('# … 38 more exits and entries like these');
  });
});

describe('Symbols', () => {
  const symbols = Symbols.parse(
    'ffffffff81001000 T second\nffffffff81000000 t first\nffffffff81002000 d data\nbroken\n' +
      'ffffffffc0001000 t loaded\t[kvm]\n',
    true,
  );

  it('finds the function that holds an address', () => {
    expect(symbols.nameOf(0xffffffff81000fffn, 0)).toBe('first');
    expect(symbols.nameOf(0xffffffff81001000n, 1)).toBe('second');
  });

  it('knows nothing of what lies before, far behind or in user space', () => {
    expect(symbols.nameOf(0xffffffff80ffffffn, 0)).toBeNull();
    expect(symbols.nameOf(0xffffffff91001000n, 0)).toBeNull();
    expect(symbols.nameOf(0x300000n, 0)).toBeNull();
  });

  it('knows modules of L0 alone, and of guests with another kernel nothing', () => {
    expect(symbols.nameOf(0xffffffffc0001000n, 0)).toBe('loaded');
    expect(symbols.nameOf(0xffffffffc0001000n, 1)).toBeNull();
    const own = Symbols.parse('ffffffff81000000 t first\n', false);
    expect([own.nameOf(0xffffffff81000000n, 0), own.nameOf(0xffffffff81000000n, 2)]).toEqual([
      'first',
      null,
    ]);
  });
});
