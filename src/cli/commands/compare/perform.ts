import { compareRuns, type RunComparison } from '../../../compare/compare-runs.ts';
import { judgeGate } from '../../../compare/gate.ts';
import type { Side } from '../../../compare/match-cells.ts';
import { renderComparison } from '../../../report/comparison/text.ts';
import type { Safety } from '../../../report/safety.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { writeOut } from '../../files/write-file.ts';
import { refuseFlags } from '../../flags/refuse.ts';
import { OUT_FOLDER } from '../../flags/shared.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { readRun, type StoredRun } from '../../run-folder/read-run.ts';
import { storedSafety } from '../../running/evidence.ts';
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
  const safety = safetyOf(comparison, [before, after]);
  const gate = flags.failIfSlower === undefined ? null : judgeGate(comparison, flags.failIfSlower);
  if (flags.html !== undefined) {
    const { renderComparisonHtml } = await import('../../../report/comparison/page.ts');
    writeOut('--html', flags.html, await renderComparisonHtml(comparison, gate, safety));
  }
  print(
    flags.json
      ? jsonText({ ...comparison, gate, safety })
      : renderComparison(comparison, gate, safety),
  );
  return gate === null || gate.passed ? EXIT_CODES.ok : EXIT_CODES.verdict;
}

/** What the checker says of every strategy that is compared, by the behaviours that it had in its run. */
function safetyOf({ scenarios }: RunComparison, runs: readonly StoredRun[]): readonly Safety[] {
  const ids = new Set(scenarios.flatMap(({ before, after }) => [before.strategy, after.strategy]));
  return [...ids].map((id) => {
    const all = runs.flatMap(({ manifest }) => manifest.strategies);
    const found = all.find((strategy) => strategy.id === id);
    return storedSafety({ id, behaviour: found?.behaviour ?? {} });
  });
}

function sideOf({ folder, manifest, cells }: StoredRun, only: readonly string[] = []): Side {
  return { label: folder, manifest, cells, only };
}
