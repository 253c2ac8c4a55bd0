import type { PatchReport, PrefixReport, SeriesReport } from '../../series/series.ts';
import { wrap } from '../../util/wrap.ts';
import { ASCII, formatNumber } from '../blocks/numbers.ts';
import { type Safety, safetyWords } from '../safety.ts';

const SUBJECT_COLUMNS = 34;

/** The series for a terminal of 80 columns: each patch, each prefix, and what was found. */
export function seriesText(report: SeriesReport, safety: readonly Safety[]): string {
  return [
    wrap(safetyWords(safety)),
    '',
    ...patchTable(report),
    '',
    ...prefixTable(report),
    '',
    ...found(report.patches),
    ...foundInPrefixes(report.prefixes),
  ].join('\n');
}

function setupOf({ patches }: SeriesReport): string {
  const saving = patches[0]?.saving;
  return saving === null || saving === undefined ? '' : `${saving.scenario} on ${saving.machine}`;
}

function patchTable(report: SeriesReport): string[] {
  const head = `${'patch'.padEnd(SUBJECT_COLUMNS + 4)}  ${'saves ns'.padStart(16)}  left out of all 24`;
  return [
    wrap(
      `What each patch saves in its place, per round trip of ${setupOf(report)} (modelled; 95 % over seeds), and what the series does without it:`,
    ),
    '',
    head,
    '-'.repeat(80),
    ...report.patches.map(patchLine),
  ];
}

function patchLine(patch: PatchReport): string {
  const subject = patch.subject.replace(/^KVM: (SVM: |nSVM: |SEV: |VMX: |x86: |x86\/mmu: )?/, '');
  const short =
    subject.length > SUBJECT_COLUMNS ? `${subject.slice(0, SUBJECT_COLUMNS - 3)}...` : subject;
  const name = `${String(patch.number).padStart(2)}  ${short.padEnd(SUBJECT_COLUMNS)}`;
  return `${name}  ${intervalText(patch.saving).padStart(16)}  ${droppedText(patch)}`;
}

function intervalText(saving: PatchReport['saving']): string {
  if (saving === null) return '-';
  const { point, low, high } = saving.savingNs;
  if (point === 0 && low === 0 && high === 0) return '0';
  return `${formatNumber(point, ASCII)} (${formatNumber(low, ASCII)}..${formatNumber(high, ASCII)})`;
}

function droppedText({ dropped }: PatchReport): string {
  switch (dropped.verdict) {
    case 'nothing':
      return 'nothing changes';
    case 'stale':
      return `STALE: ${dropped.violation?.class ?? ''}, ${dropped.violation?.events ?? 0} events`;
    case 'cost':
      return `costs ${worstCost(dropped.savings)}`;
    default:
      return 'safe, no cost seen';
  }
}

/** `577 ns`, in the scenario that suffers most. */
function worstCost(savings: PatchReport['savings']): string {
  const worst = [...savings].sort((a, b) => a.savingRatio.point - b.savingRatio.point)[0];
  return worst === undefined ? '' : `${formatNumber(-worst.savingNs.point, ASCII)} ns`;
}

function prefixTable(report: SeriesReport): string[] {
  return [
    'The series up to each patch, against v6.14 (both with its forced leave mended):',
    '',
    `${'after'.padEnd(7)}${'saves ns'.padStart(20)}  verdict`,
    '-'.repeat(80),
    ...report.prefixes.map(
      (prefix) =>
        `${String(prefix.after).padStart(5)}  ${intervalText(prefix.saving).padStart(20)}  ${prefixVerdict(prefix)}`,
    ),
  ];
}

function prefixVerdict({ verdict, violation, statesExplored }: PrefixReport): string {
  if (verdict === 'same') return 'as v6.14';
  if (verdict === 'stale')
    return `STALE: ${violation?.class ?? ''}, ${violation?.events ?? 0} events`;
  return `nothing new in ${formatNumber(statesExplored, ASCII)} states`;
}

function found(patches: readonly PatchReport[]): string[] {
  return patches.flatMap((patch) => {
    const { violation } = patch.dropped;
    if (violation === null) return [];
    const title = `Without ${patch.number} (${violation.class}, ${violation.obligation}, world ${violation.world}):`;
    return [title, ...violation.transcript.map((line) => `    ${line}`), ''];
  });
}

/** Each finding once, at the first prefix that has it. */
function foundInPrefixes(prefixes: readonly PrefixReport[]): string[] {
  const told = new Set<string>();
  return prefixes.flatMap(({ after, violation }) => {
    if (violation === null) return [];
    const story = violation.transcript.join('\n');
    if (told.has(story)) return [];
    told.add(story);
    const title = `After ${after} (${violation.class}, ${violation.obligation}, world ${violation.world}):`;
    return [title, ...violation.transcript.map((line) => `    ${line}`), ''];
  });
}
