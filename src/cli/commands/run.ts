import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { RunSummary } from '../../experiment/results.ts';
import type { RunOutcome, RunRequest } from '../../experiment/run-request.ts';
import type { Suite } from '../../experiment/suite.ts';
import { EXIT_CODES } from '../../util/user-error.ts';
import { INVOCATION, interrupted, RUN_HELP } from '../messages.ts';
import { type Progress, startTerminalProgress } from '../progress.ts';
import { runJson } from '../run-json.ts';
import {
  checkSuiteNames,
  collect,
  patchNumbers,
  selectMachines,
  selectStrategies,
  wholeNumber,
} from '../select.ts';
import { openRunFolder, type RunFolder } from '../write-run.ts';

const DEFAULT_GROUP = 'headline';
const MAX_SEEDS = 10_000;
/** One seed has no interval. */
const MIN_SEEDS = 2;
const MAX_JOBS = 1024;

export interface RunFlags {
  readonly machine?: readonly string[];
  readonly strategy?: readonly string[];
  readonly set?: readonly string[];
  readonly without?: readonly number[];
  readonly seeds?: number;
  readonly jobs: number;
  readonly json?: boolean;
  readonly out?: string;
}

/** `run [suite…]`: computes every cell of the suites and writes a report. */
export function runCommand(): Command {
  return new Command('run')
    .description('run suites and write a report (the default command)')
    .argument('[suite...]', `suite, group or YAML file (default: ${DEFAULT_GROUP})`)
    .option('--machine <id>', "machine instead of each suite's own; repeatable", collect)
    .option('--strategy <id>', "strategy instead of each suite's own; repeatable", collect)
    .option(
      '--set <behaviour=value>',
      "change a behaviour of every named strategy (without --strategy: of the suites'); repeatable",
      collect,
    )
    .option(
      '--without <patches>',
      'leave patches out of the series, for example 17,20; repeatable',
      patchNumbers,
    )
    .option(
      '--seeds <n>',
      "seeds instead of each suite's own",
      wholeNumber('--seeds', MAX_SEEDS, MIN_SEEDS),
    )
    .option(
      '--jobs <n>',
      'worker threads; results do not depend on it',
      wholeNumber('--jobs', MAX_JOBS),
      availableParallelism(),
    )
    .option('--json', 'print one JSON object and no progress')
    .option('--out <dir>', 'folder to write to (default: a new one under reports/)')
    .addHelpText('after', RUN_HELP)
    .action(async (words: string[], flags: RunFlags) => {
      process.exitCode = await run(words.length === 0 ? [DEFAULT_GROUP] : words, flags);
    });
}

async function run(words: readonly string[], flags: RunFlags): Promise<number> {
  const { chooseSuites } = await import('../suites.ts');
  const suites = chooseSuites(words);
  checkSuiteNames(suites);
  const request: RunRequest = {
    suites,
    machines: selectMachines(flags.machine ?? []),
    strategies: selectStrategies(flags.strategy ?? [], flags.set ?? [], suites, flags.without),
    seeds: flags.seeds ?? null,
    jobs: flags.jobs,
    command: commandLine(words, flags),
  };
  const folder = openRunFolder('reports', runName(words, request), flags.out ?? null);
  const outcome = await computeInto(folder, request, flags.json === true);
  const summary = await writeReport(folder, outcome);
  const report = join(folder.path, 'report.html');
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(runJson(summary, report), null, 2)}\n`);
  } else {
    const { renderTerminal } = await import('../../report/terminal.ts');
    process.stdout.write(`${renderTerminal(summary).trimEnd()}\n\nReport: ${report}\n`);
  }
  return isAsExpected(summary) ? EXIT_CODES.ok : EXIT_CODES.verdict;
}

/** Runs the request; every finished cell is in the folder whatever happens next. */
async function computeInto(
  folder: RunFolder,
  request: RunRequest,
  isQuiet: boolean,
): Promise<RunOutcome> {
  const progress = isQuiet ? null : startTerminalProgress();
  let finished = 0;
  // Cells are written in one synchronous step, so no signal arrives inside one.
  const onInterrupt = (): void => stop(folder, progress, finished);
  // Not once: npm passes on the signal that a terminal has sent to this process already.
  process.on('SIGINT', onInterrupt);
  try {
    const { runSuites } = await import('../../experiment/execute.ts');
    return await runSuites(request, {
      onCell: (cell, done, total) => {
        folder.appendCell(cell);
        finished = done;
        progress?.advance(done, total);
      },
    });
  } catch (error) {
    folder.abandon();
    throw error;
  } finally {
    progress?.finish();
    process.removeListener('SIGINT', onInterrupt);
  }
}

function stop(folder: RunFolder, progress: Progress | null, finished: number): never {
  progress?.finish();
  folder.abandon();
  process.stderr.write(interrupted(finished, folder.path));
  process.exit(EXIT_CODES.interrupted);
}

async function writeReport(folder: RunFolder, outcome: RunOutcome): Promise<RunSummary> {
  // The report brings Vega along; nothing else has to wait for it.
  const [{ summarize }, { renderHtml }, { renderMarkdown }] = await Promise.all([
    import('../../experiment/summarize.ts'),
    import('../../report/html.ts'),
    import('../../report/markdown.ts'),
  ]);
  const summary = summarize(outcome.manifest, outcome.cells);
  folder.finish({
    manifest: outcome.manifest,
    markdown: renderMarkdown(summary),
    html: await renderHtml(summary),
  });
  return summary;
}

function isAsExpected(summary: RunSummary): boolean {
  return summary.scenarios.every((scenario) => scenario.expectations.every((each) => each.met));
}

/** `cpuid-npt-npt-zen3-milan`: what was asked for first, on the first machine. */
export function runName(
  words: readonly string[],
  request: { suites: readonly Suite[]; machines: readonly string[] | null },
): string {
  const word = words[0] ?? DEFAULT_GROUP;
  const suite = request.suites[0];
  const subject = /\.ya?ml$/.test(word) ? (suite?.id ?? 'suite') : word;
  const machine = request.machines?.[0] ?? suite?.machines[0] ?? 'machine';
  return `${subject}-${machine}`.replace(/[^A-Za-z0-9.-]/g, '-');
}

/** The command that gives the same results; where they go and how fast is left out. */
export function commandLine(words: readonly string[], flags: RunFlags): string {
  const parts = [
    ...words,
    ...(flags.machine ?? []).flatMap((id) => ['--machine', id]),
    ...(flags.strategy ?? []).flatMap((id) => ['--strategy', id]),
    ...(flags.set ?? []).flatMap((change) => ['--set', change]),
    ...(flags.without === undefined ? [] : ['--without', flags.without.join(',')]),
    ...(flags.seeds === undefined ? [] : ['--seeds', String(flags.seeds)]),
  ];
  return [INVOCATION, 'run', ...parts.map(shellWord)].join(' ');
}

function shellWord(word: string): string {
  return /^[A-Za-z0-9_./=:+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
