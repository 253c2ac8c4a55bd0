import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { SeriesReport } from '../../../series/series.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { fileSystemCause } from '../../output/errors.ts';
import { endWith, print } from '../../output/io.ts';
import { PATCHES_HELP } from '../../output/messages.ts';
import { collect, wholeNumber } from '../../select/strategies.ts';

const SEEDS = 10;
const MAX_SEEDS = 1_000;
const STATES = 30_000;
const MAX_STATES = 100_000_000;
const MAX_JOBS = 1_024;

interface PatchesFlags {
  readonly suite?: readonly string[];
  readonly seeds: number;
  readonly states: number;
  readonly jobs: number;
  readonly json?: boolean;
  readonly out?: string;
}

/** `patches`: what each patch of the series saves, and what happens without it. */
export function patchesCommand(): Command {
  return new Command('patches')
    .description('what each patch of the series saves, and whether it may be left out')
    .option('--suite <id>', 'scenario to cost them in; repeatable', collect)
    .option('--seeds <n>', 'seeds of each scenario', wholeNumber('--seeds', MAX_SEEDS, 2), SEEDS)
    .option(
      '--states <n>',
      'most states of a world that the checker explores',
      wholeNumber('--states', MAX_STATES),
      STATES,
    )
    .option('--jobs <n>', 'threads', wholeNumber('--jobs', MAX_JOBS), availableParallelism())
    .option('--json', 'print one JSON object')
    .option('--out <file>', 'write the JSON object to a file too')
    .addHelpText('after', PATCHES_HELP)
    .action(async (flags: PatchesFlags) => {
      endWith(await patches(flags));
    });
}

async function patches(flags: PatchesFlags): Promise<number> {
  const [{ chooseSuites }, { runSeries, SERIES_SUITES }, { QUICK_BOUNDS }] = await Promise.all([
    import('../../select/suites.ts'),
    import('../../../series/run-series.ts'),
    import('../../../checker/check.ts'),
  ]);
  const words = flags.suite ?? SERIES_SUITES;
  const report = await runSeries(
    {
      suites: chooseSuites(words),
      seeds: flags.seeds,
      bounds: { ...QUICK_BOUNDS, maxStates: flags.states, runs: 0 },
      jobs: flags.jobs,
    },
    progress,
  );
  const json = `${JSON.stringify({ scenarios: words, ...report }, null, 2)}\n`;
  if (flags.out !== undefined) write(flags.out, json);
  print(flags.json === true ? json : await text(report));
  return EXIT_CODES.ok;
}

async function text(report: SeriesReport): Promise<string> {
  const { seriesText } = await import('../../../report/series-text.ts');
  return `${seriesText(report).trimEnd()}\n`;
}

function progress(what: string, done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  // The carriage return is our own: it does not pass through what makes foreign text harmless.
  process.stderr.write(`\r${done} of ${total} ${what}   ${done === total ? '\n' : ''}`);
}

function write(path: string, json: string): void {
  try {
    writeFileSync(path, json);
  } catch (error) {
    throw new UserError('output', path, fileSystemCause(error), 'Name a file that can be written');
  }
}
