import { compareRuns } from '../../../compare/compare-runs.ts';
import { judgeGate } from '../../../compare/gate.ts';
import type { Side } from '../../../compare/match-cells.ts';
import { renderComparison } from '../../../report/comparison/text.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { writeOut } from '../../files/write-file.ts';
import { refuseFlags } from '../../flags/refuse.ts';
import { OUT_FOLDER } from '../../flags/shared.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { readRun, type StoredRun } from '../../run-folder/read-run.ts';
import { areCaptures } from './captures.ts';
import { CAPTURE_FLAGS, type CompareFlags, RUN_FLAGS } from './flags.ts';

const DEFAULT_WITHIN = 0.01;
/** `compare A [B]`: what is different between two runs, or between two parts of one. */
export async function perform(
  [a = '', b]: readonly string[],
  flags: CompareFlags,
): Promise<number> {
  if (b !== undefined && areCaptures(a, b)) {
    refuseFlags(RUN_FLAGS, flags, 'it is for runs', 'Compare the run that this writes with it');
    const { compareCaptures } = await import('./perform-captures.ts');
    return compareCaptures(a, b, flags);
  }
  const captureFlags = { ...CAPTURE_FLAGS, out: OUT_FOLDER };
  refuseFlags(captureFlags, flags, 'it is for captures', 'Leave it away');
  if (b === undefined && (flags.before === undefined || flags.after === undefined)) {
    const cause = 'one run alone has nothing to be compared with';
    const cure = 'Name a second folder, or two strategies of this one with --before and --after';
    throw new UserError('usage', `compare ${a}`, cause, cure);
  }
  const before = readRun(a);
  const after = b === undefined ? before : readRun(b);
  const comparison = compareRuns(
    sideOf(before, flags.before),
    sideOf(after, flags.after),
    flags.within ?? DEFAULT_WITHIN,
  );
  const gate = flags.failIfSlower === undefined ? null : judgeGate(comparison, flags.failIfSlower);
  if (flags.html !== undefined) {
    const { renderComparisonHtml } = await import('../../../report/comparison/page.ts');
    writeOut('--html', flags.html, await renderComparisonHtml(comparison, gate));
  }
  print(flags.json ? jsonText({ ...comparison, gate }) : renderComparison(comparison, gate));
  return gate === null || gate.passed ? EXIT_CODES.ok : EXIT_CODES.verdict;
}

function sideOf({ folder, manifest, cells }: StoredRun, only: readonly string[] = []): Side {
  return { label: folder, manifest, cells, only };
}
