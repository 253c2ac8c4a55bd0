import { EXIT_CODES } from '../util/user-error.ts';
import { findingsOf } from './findings.ts';
import type { SanitizerReport } from './report.ts';
import type { Symbols } from './symbols.ts';

/** One run that was watched. */
export interface WatchedRun {
  readonly id: string;
  readonly report: SanitizerReport;
  /** Why the guests did not come to their end; null where they did. */
  readonly broken: string | null;
  /** Of L0's kernel, where they were asked for; L1 and a Linux L2 run the same one. */
  readonly symbols?: Symbols | null;
}

/** Whether the removed flushes of the self-test were found under the same emulator and kernel. */
export interface SelfTest {
  readonly variant: string;
  readonly run: string;
  readonly isFound: boolean;
}

export type Conclusion =
  /** A flush is missing. */
  | 'missed'
  /** Nothing is missing, and the sanitizer has shown that it would have noticed. */
  | 'clean'
  /** Nothing was found, but a run did not come to its end, or nothing ran. */
  | 'incomplete'
  /** Nothing was found, and what was to be found in the self-test was not either. */
  | 'blind';

/** What all runs together say. What was found counts, whatever the self-test says. */
export function conclude(runs: readonly WatchedRun[], selfTests: readonly SelfTest[]): Conclusion {
  if (runs.some((run) => findingsOf(run.report).missed.length > 0)) return 'missed';
  if (selfTests.length === 0 || selfTests.some((test) => !test.isFound)) return 'blind';
  return runs.length > 0 && runs.every(isComplete) ? 'clean' : 'incomplete';
}

/** A run in which no guest ran shows nothing. */
function isComplete(run: WatchedRun): boolean {
  return run.broken === null && run.report.isWhole && (run.report.totals.vmruns ?? 0) > 0;
}

export function exitCodeOf(conclusion: Conclusion): number {
  if (conclusion === 'missed') return EXIT_CODES.violation;
  return conclusion === 'clean' ? EXIT_CODES.ok : EXIT_CODES.verdict;
}
