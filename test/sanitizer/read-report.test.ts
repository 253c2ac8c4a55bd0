import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readReport } from '../../src/sanitizer/read-report.ts';
import { CLASSES, KINDS, SPACES, VERDICTS } from '../../src/sanitizer/words.ts';
import { CLEAN, REPORT } from './samples.ts';

describe('readReport', () => {
  it('reads VMCBs, uses with their events, counts, totals and notes', () => {
    const report = readReport(REPORT, 'r');
    expect(report.isWhole).toBe(true);
    expect(report.vmcbs.map((each) => each.level)).toEqual([1, 2]);
    expect(report.totals).toMatchObject({ vmruns: 9, fills: 12 });
    expect(report.notes).toEqual(['vmcb12 at 200000 of 1000 is not mapped']);
    expect(report.counts).toEqual([
      { class: 'crossLevel', verdict: 'missed', kind: 'frame', count: 3 },
      { class: 'guest', verdict: 'lazy', kind: 'rights', count: 2 },
    ]);
    const [use, lazy] = report.uses;
    expect(use).toMatchObject({
      class: 'crossLevel',
      address: 0x600000n,
      access: 'r',
      oldFrame: 0xa000n,
      filled: { level: 2, asid12: 1, vmrun: 5 },
    });
    expect(use?.events).toHaveLength(9);
    expect(use?.events[6]).toEqual({ skipped: 7, lost: false });
    expect(lazy?.events).toEqual([]);
  });

  it('tells an address that leads nowhere from one that is unknown', () => {
    const text = REPORT.replace('oldFrame=a000', 'oldFrame=-').replace(
      'newFrame=b000',
      'newFrame=?',
    );
    const [use] = readReport(text, 'r').uses;
    expect(use?.oldFrame).toBeNull();
    expect(use?.newFrame).toBeUndefined();
  });

  it('reads a file that the emulator did not finish, and says so', () => {
    const torn = REPORT.slice(0, REPORT.indexOf('COUNT') + 20);
    const report = readReport(torn, 'r');
    expect(report.isWhole).toBe(false);
    expect(report.uses).toHaveLength(2);
    expect(readReport(CLEAN.replace('END\n', ''), 'r').isWhole).toBe(false);
    expect(readReport('', 'r').isWhole).toBe(false);
  });

  it.each([
    ['HELLO world=1\n', 'r:1: "HELLO" begins no line of a report'],
    ['EVENT skipped=1 lost=0\n', 'r:1: an event stands before the first report'],
    [REPORT.replace('class=crossLevel', 'class=crossed'), 'r:3: "class=crossed" is not known'],
    [REPORT.replace('class=crossLevel', 'class=toString'), 'r:3: "class=toString" is not known'],
    [REPORT.replace('access=r', 'access=q'), 'r:3: "access=q" is not known'],
    [
      REPORT.replace('address=600000', 'address=xyz'),
      'r:3: "address=xyz" is no hexadecimal number',
    ],
    [REPORT.replace('pcpu=0', 'pcpu=-1'), 'r:3: "pcpu=-1" is no whole number'],
    [REPORT.replace(' fillVmrun=5', ''), 'r:3: "fillVmrun" is missing'],
  ])('refuses what the sanitizer does not write: %#', (text, message) => {
    expect(() => readReport(text, 'r')).toThrow(message);
  });
});

describe('the words', () => {
  const source = readFileSync('capture/qemu/tlbsan-report.c.inc', 'utf8');
  const named = (table: string): string[] => {
    const body = new RegExp(`san_${table}_names\\[\\] = \\{([^}]*)\\}`).exec(source)?.[1] ?? '';
    return [...body.matchAll(/"(\w+)"/g)].map((match) => match[1]!);
  };

  it.each([
    ['class', CLASSES],
    ['kind', KINDS],
    ['verdict', VERDICTS],
    ['space', SPACES],
  ] as const)('are those of the emulator: %s', (table, words) => {
    expect(named(table)).toEqual(Object.keys(words));
  });
});
