import { describe, expect, it } from 'vitest';
import { findingsOf, total } from '../../src/sanitizer/findings.ts';
import { readReport } from '../../src/sanitizer/read-report.ts';
import { conclusionText, runText } from '../../src/sanitizer/text.ts';
import {
  conclude,
  exitCodeOf,
  type SelfTest,
  type WatchedRun,
} from '../../src/sanitizer/verdict.ts';
import { CLEAN, REPORT } from './samples.ts';

const run = (text: string, broken: string | null = null): WatchedRun => ({
  id: 'nest',
  report: readReport(text, 'r'),
  broken,
});
const found: SelfTest = { variant: 'transition-flush', run: 'nest', isFound: true };
const notFound: SelfTest = { ...found, isFound: false };
const LAZY = REPORT.replaceAll('verdict=missed', 'verdict=lazy');

describe('findingsOf', () => {
  it('counts what was written and what was only counted, and folds the lazy ones away', () => {
    const { missed, lazy } = findingsOf(readReport(REPORT, 'r'));
    expect(missed).toMatchObject([{ class: 'crossLevel', kind: 'frame', count: 3 }]);
    expect(missed[0]?.first?.address).toBe(0x600000n);
    expect(total(lazy)).toBe(2);
  });

  it('counts lines where the file has no counts', () => {
    const { missed, lazy } = findingsOf(readReport(REPORT.slice(0, REPORT.indexOf('COUNT')), 'r'));
    expect(missed).toMatchObject([{ class: 'crossLevel', count: 1 }]);
    expect(lazy).toMatchObject([{ class: 'guest', count: 1 }]);
  });

  it('never calls an entry of the host itself missed', () => {
    const text = REPORT.replaceAll('class=crossLevel', 'class=self');
    expect(findingsOf(readReport(text, 'r')).missed).toEqual([]);
  });
});

describe('conclude', () => {
  it('says clean only where the self-test found what it took out', () => {
    expect(conclude([run(CLEAN)], [found])).toBe('clean');
    expect(conclude([run(CLEAN)], [found, notFound])).toBe('blind');
    expect(conclude([run(CLEAN)], [])).toBe('blind');
  });

  it('says missed whatever the self-test says', () => {
    expect(conclude([run(CLEAN), run(REPORT)], [notFound])).toBe('missed');
    expect(conclude([run(REPORT, 'it hangs')], [])).toBe('missed');
  });

  it('takes a lazy guest for clean', () => {
    expect(conclude([run(LAZY)], [found])).toBe('clean');
  });

  it('does not take a run for clean that hangs, is cut off, ran nothing, or was none', () => {
    expect(conclude([run(CLEAN, 'it hangs')], [found])).toBe('incomplete');
    expect(conclude([run(CLEAN.replace('END\n', ''))], [found])).toBe('incomplete');
    expect(conclude([run(CLEAN.replace('vmruns=9', 'vmruns=0'))], [found])).toBe('incomplete');
    expect(conclude([run('END\n')], [found])).toBe('incomplete');
    expect(conclude([], [found])).toBe('incomplete');
  });

  it('has an exit code for each conclusion', () => {
    expect(exitCodeOf('missed')).toBe(3);
    expect(exitCodeOf('clean')).toBe(0);
    expect(exitCodeOf('incomplete')).toBe(1);
    expect(exitCodeOf('blind')).toBe(1);
  });
});

describe('the text', () => {
  it('tells a missed flush with its transcript', () => {
    const text = runText(run(REPORT));
    expect(text).toContain('nest: 9 VMRUNs, 20 fills');
    expect(text).toContain('MISSED crossLevel frame, 3 times');
    expect(text).toContain(
      'first: L1 reads gVA 600000 on pCPU 0 under ASID 1, 4 VMRUNs after L2 had filled it',
    );
    expect(text).toContain('v0 vmrun asid=2 tlb=3');
    expect(text).toContain('2 lazy, which hardware allows: 2 guest rights');
  });

  it('says in one line that nothing is missing', () => {
    expect(runText(run(CLEAN))).toBe('nest: 9 VMRUNs, 20 fills\n  no flush is missing\n');
  });

  it('says why it gives no verdict', () => {
    const text = conclusionText('blind', [notFound]);
    expect(text).toContain('self-test transition-flush in nest: NOT FOUND');
    expect(text).toContain('NO VERDICT');
  });
});
