import { findingsOf, type SanitizerFinding } from './findings.ts';
import type { Symbols } from './symbols.ts';
import { placeText } from './text.ts';
import { transcriptOf } from './transcript.ts';
import { conclude, type SelfTest, type WatchedRun } from './verdict.ts';

/** What `sanitize --json` prints, as plain data. */
export function sanitizerJson(runs: readonly WatchedRun[], selfTests: readonly SelfTest[]): object {
  return {
    conclusion: conclude(runs, selfTests),
    selfTests,
    runs: runs.map((run) => {
      const { missed, lazy } = findingsOf(run.report);
      const { notes, totals, isWhole } = run.report;
      return {
        id: run.id,
        broken: run.broken,
        isWhole,
        totals,
        notes,
        missed: missed.map((finding) => missedJson(finding, run.symbols ?? null)),
        lazy: lazy.map(({ class: sort, kind, count }) => ({ class: sort, kind, count })),
      };
    }),
  };
}

function missedJson(finding: SanitizerFinding, symbols: Symbols | null): object {
  const { class: sort, kind, count, first } = finding;
  return {
    class: sort,
    kind,
    count,
    first: first === null ? null : placeText(first),
    vmrunsSinceFill: first === null ? null : first.vmrun - first.filled.vmrun,
    transcript: first === null ? [] : transcriptOf(first, symbols),
  };
}
