import { validationText } from '../../../report/validation/text.ts';
import { shippedSuites } from '../../../suite/load-suite.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { TOPIC_IDS } from '../../../validation/rows.ts';
import { scoreboard } from '../../../validation/scoreboard.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import type { ValidateFlags } from './flags.ts';
import { readProbe, shippedProbes } from './probes.ts';

/** `validate`: the scoreboard. A miss is a finding and no failure: the exit code is 0. */
export async function perform(_: readonly string[], flags: ValidateFlags): Promise<number> {
  const own = (flags.probe ?? []).map((path) => readProbe(path));
  const inputs = { suites: shippedSuites(), probes: [...shippedProbes(), ...own] };
  const board = scoreboard(inputs, TOPIC_IDS);
  print(flags.json ? jsonText(board) : validationText(board));
  return EXIT_CODES.ok;
}
