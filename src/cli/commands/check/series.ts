import { QUICK_BOUNDS } from '../../../checker/check.ts';
import { seriesText } from '../../../report/series/text.ts';
import { runSeries, SERIES_SUITES } from '../../../series/run-series.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { writeOut } from '../../output/write-file.ts';
import { chooseSuites } from '../../select/suites.ts';
import type { CheckFlags } from './flags.ts';

const SEEDS = 10;
const STATES = 30_000;

/** `check --series`: what each patch of the series saves, and what happens without it. */
export async function checkSeries(flags: CheckFlags): Promise<number> {
  const words = flags.suite ?? SERIES_SUITES;
  const report = await runSeries(
    {
      suites: chooseSuites(words),
      seeds: flags.seeds ?? SEEDS,
      bounds: { ...QUICK_BOUNDS, maxStates: flags.states ?? STATES, runs: 0 },
      jobs: flags.jobs,
    },
    progress,
  );
  const json = jsonText({ scenarios: words, ...report });
  if (flags.out !== undefined) writeOut('--out', flags.out, json);
  print(flags.json ? json : `${seriesText(report).trimEnd()}\n`);
  return EXIT_CODES.ok;
}

function progress(what: string, done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  // The carriage return is our own: it does not pass through what makes foreign text harmless.
  process.stderr.write(`\r${done} of ${total} ${what}   ${done === total ? '\n' : ''}`);
}
