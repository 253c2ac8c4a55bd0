import { QUICK_BOUNDS } from '../../../checker/check.ts';
import { LAST_PATCH } from '../../../hypervisor/patches.ts';
import { strategyAfter } from '../../../hypervisor/strategies.ts';
import { seriesText } from '../../../report/series/text.ts';
import { localEngine } from '../../../run/execute.ts';
import { runSeries, SERIES_SUITES } from '../../../series/run-series.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { writeOut } from '../../files/write-file.ts';
import { keptEngine } from '../../kept/kept-cells.ts';
import { keptVerdicts } from '../../kept/kept-verdicts.ts';
import { openStore } from '../../kept/store.ts';
import { print } from '../../output/io.ts';
import { type Progress, startTerminalProgress } from '../../output/progress.ts';
import { jsonText } from '../../output/say.ts';
import { buildHash } from '../../running/build-hash.ts';
import { storedSafety } from '../../running/evidence.ts';
import { chooseSuites } from '../../select/suites.ts';
import type { CheckFlags } from './flags.ts';

const SEEDS = 10;
const STATES = 30_000;

/** `check --series`: what each patch of the series saves, and what happens without it. */
export async function checkSeries(flags: CheckFlags): Promise<number> {
  const words = flags.suite ?? SERIES_SUITES;
  const store = openStore(flags.fresh);
  const request = {
    suites: chooseSuites(words),
    seeds: flags.seeds ?? SEEDS,
    bounds: { ...QUICK_BOUNDS, maxStates: flags.states ?? STATES, runs: 0 },
    jobs: flags.jobs,
    engine: keptEngine(localEngine(flags.jobs), store, buildHash()),
    verdicts: keptVerdicts(store),
  };
  const progress = flags.json ? null : progressByStage();
  const report = await runSeries(request, (...now) => progress?.advance(...now));
  progress?.finish();
  store.close();
  const json = jsonText({ scenarios: words, ...report });
  const safety = [strategyAfter(LAST_PATCH), strategyAfter(0)].map(storedSafety);
  if (flags.out !== undefined) writeOut('--out', flags.out, json);
  print(flags.json ? json : `${seriesText(report, safety).trimEnd()}\n`);
  return EXIT_CODES.ok;
}

/** A line for each stage: cells are fast, and verdicts take most of the time. */
function progressByStage() {
  let stage = '';
  let progress: Progress | null = null;
  return {
    advance: (what: string, done: number, total: number): void => {
      if (what !== stage) {
        progress?.finish();
        progress = startTerminalProgress(done, what);
        stage = what;
      }
      progress?.advance(done, total);
    },
    finish: () => progress?.finish(),
  };
}
