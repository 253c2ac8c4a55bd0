import { openPool } from '../../../parallel/pool.ts';
import { validationText } from '../../../report/validation/text.ts';
import { shippedSuites } from '../../../suite/load-suite.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import {
  scoreboardOf,
  TOPIC_IDS,
  type Topic,
  type ValidationRow,
} from '../../../validation/rows.ts';
import type { ValidationInputs } from '../../../validation/scoreboard.ts';
import { topicTask } from '../../../validation/topic-task.ts';
import { keptRows } from '../../kept/kept-rows.ts';
import { openStore } from '../../kept/store.ts';
import { print } from '../../output/io.ts';
import { type Progress, startTerminalProgress } from '../../output/progress.ts';
import { jsonText, say } from '../../output/say.ts';
import type { ValidateFlags } from './flags.ts';
import { readProbe, shippedProbes } from './probes.ts';

/** `validate`: the scoreboard. A miss is a finding and no failure: the exit code is 0. */
export async function perform(_: readonly string[], flags: ValidateFlags): Promise<number> {
  const own = (flags.probe ?? []).map((path) => readProbe(path));
  const inputs = { suites: shippedSuites(), probes: [...shippedProbes(), ...own] };
  const progress = flags.json ? null : startTerminalProgress(0, 'topics');
  const found = await rowsByTopic(inputs, flags, progress).finally(() => progress?.finish());
  const board = scoreboardOf(TOPIC_IDS.flatMap((topic) => found.get(topic) ?? []));
  print(flags.json ? jsonText(board) : validationText(board));
  return EXIT_CODES.ok;
}

/** What an earlier `validate` of the same program has kept, and the other topics computed on threads. */
async function rowsByTopic(
  inputs: ValidationInputs,
  { jobs, fresh }: ValidateFlags,
  progress: Progress | null,
): Promise<ReadonlyMap<Topic, readonly ValidationRow[]>> {
  const store = openStore(fresh);
  const kept = keptRows(store, inputs);
  const found = new Map<Topic, readonly ValidationRow[]>();
  for (const topic of TOPIC_IDS) {
    const rows = kept.get(topic);
    if (rows !== null) found.set(topic, rows);
  }
  const missing = TOPIC_IDS.filter((topic) => !found.has(topic));
  if (missing.length === 0) return found;
  const threads = Math.min(jobs, missing.length);
  const pool = openPool(topicTask, inputs, {
    jobs: threads,
    describe: (topic) => `the topic ${topic}`,
    onNotice: say,
  });
  try {
    await pool.run(missing, (rows, index) => {
      const topic = missing[index]!;
      kept.put(topic, rows);
      found.set(topic, rows);
      progress?.advance(found.size, TOPIC_IDS.length);
    });
  } finally {
    await pool.close();
    store.close();
  }
  return found;
}
