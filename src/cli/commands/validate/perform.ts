import { validationText } from '../../../report/validation/text.ts';
import { shippedSuites } from '../../../suite/load-suite.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { scoreboardOf, TOPIC_IDS } from '../../../validation/rows.ts';
import { rowsOf } from '../../../validation/scoreboard.ts';
import { print } from '../../output/io.ts';
import { startTerminalProgress } from '../../output/progress.ts';
import { jsonText } from '../../output/say.ts';
import type { ValidateFlags } from './flags.ts';
import { readProbe, shippedProbes } from './probes.ts';

/** `validate`: the scoreboard. A miss is a finding and no failure: the exit code is 0. */
export async function perform(_: readonly string[], flags: ValidateFlags): Promise<number> {
  const own = (flags.probe ?? []).map((path) => readProbe(path));
  const inputs = { suites: shippedSuites(), probes: [...shippedProbes(), ...own] };
  const progress = flags.json ? null : startTerminalProgress(0, 'topics');
  const rows = TOPIC_IDS.flatMap((topic, index) => {
    const found = rowsOf(topic, inputs);
    progress?.advance(index + 1, TOPIC_IDS.length);
    return found;
  });
  progress?.finish();
  const board = scoreboardOf(rows);
  print(flags.json ? jsonText(board) : validationText(board));
  return EXIT_CODES.ok;
}
