import { findingsOf, type SanitizerFinding, total } from './findings.ts';
import type { StaleUse } from './report.ts';
import type { Symbols } from './symbols.ts';
import { transcriptOf } from './transcript.ts';
import type { Conclusion, SelfTest, WatchedRun } from './verdict.ts';
import { CLASSES, KINDS, SPACES } from './words.ts';

/** A run as text: its size, what is missing with a transcript each, what is lazy in one line. */
export function runText(run: WatchedRun): string {
  const { report, symbols = null } = run;
  const { missed, lazy } = findingsOf(report);
  const lines = [`${run.id}: ${sizeText(report.totals)}`];
  if (run.broken !== null) lines.push(`  did not come to its end: ${run.broken}`);
  for (const finding of missed) lines.push(...findingLines(finding, symbols));
  if (lazy.length > 0) {
    const sorts = lazy.map((sort) => `${sort.count} ${sort.class} ${sort.kind}`).join(', ');
    lines.push(`  ${total(lazy)} lazy, which hardware allows: ${sorts}`);
  }
  if (missed.length === 0) lines.push('  no flush is missing');
  return `${lines.join('\n')}\n`;
}

function sizeText(totals: Readonly<Record<string, number>>): string {
  const count = (key: string): string => (totals[key] ?? 0).toLocaleString('en');
  const fills = (totals.fills ?? 0) + (totals.nestedFills ?? 0);
  return `${count('vmruns')} VMRUNs, ${fills.toLocaleString('en')} fills`;
}

function findingLines(finding: SanitizerFinding, symbols: Symbols | null): readonly string[] {
  const sort = `${finding.class} ${finding.kind}`;
  const what = `an access could use ${CLASSES[finding.class]}, which ${KINDS[finding.kind]}`;
  const lines = ['', `  MISSED ${sort}, ${finding.count} times: ${what}`];
  if (finding.first === null) return lines;
  lines.push(`    first: ${placeText(finding.first)}`);
  lines.push(...transcriptOf(finding.first, symbols).map((line) => `    ${line}`));
  return lines;
}

/** Where and when: `L1 reads gVA 1000000 on pCPU 0 under ASID 1, 33 VMRUNs after L1 had filled it` */
export function placeText(use: StaleUse): string {
  const does = { r: 'reads', w: 'writes', x: 'executes' }[use.access];
  const since = `${(use.vmrun - use.filled.vmrun).toLocaleString('en')} VMRUNs`;
  if (use.kind === 'asid') {
    return `L${use.level} enters on pCPU ${use.pcpu} under ASID ${use.asid}, ${since} after L${use.filled.level}'s last fill there`;
  }
  return (
    `L${use.level} ${does} ${SPACES[use.space]} ${use.address.toString(16)} on pCPU ${use.pcpu} ` +
    `under ASID ${use.asid}, ${since} after L${use.filled.level} had filled it`
  );
}

const CONCLUSIONS: Readonly<Record<Conclusion, string>> = {
  missed: 'MISSED: a flush is missing. What could be stale is told above.',
  clean:
    "CLEAN: no flush is missing in these runs. What they can't show is in docs/evidence/sanitizer.md.",
  incomplete: 'INCOMPLETE: nothing was found, but not every run came to its end.',
  blind: 'NO VERDICT: nothing was found, and nothing has shown that it would have been.',
};

export function conclusionText(conclusion: Conclusion, selfTests: readonly SelfTest[]): string {
  const tests = selfTests.map(
    (test) => `self-test ${test.variant} in ${test.run}: ${test.isFound ? 'found' : 'NOT FOUND'}\n`,
  );
  return `${tests.join('')}${CONCLUSIONS[conclusion]}\n`;
}
