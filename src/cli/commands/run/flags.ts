import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { ResultFlags, Shard } from '../../../run/run-plan.ts';
import { endWith } from '../../output/io.ts';
import { RUN_HELP } from '../../output/messages.ts';
import {
  collect,
  patchNumbers,
  percentage,
  shardOf,
  wholeNumber,
} from '../../select/strategies.ts';

const DEFAULT_GROUP = 'headline';
export const MAX_SEEDS = 10_000;
/** One seed has no interval. */
export const MIN_SEEDS = 2;
export const MAX_JOBS = 1024;
const MOST_VERIFIED = 1_000_000;

export interface RunFlags extends ResultFlags {
  /** Half width of the intervals of savings, as a share of the time before. */
  readonly precision?: number;
  readonly jobs: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly resume?: string;
  readonly shard?: Shard;
  /** Absent: threads. */
  readonly engine?: 'threads' | 'bullmq';
  readonly redis?: string;
  /** Cells of workers that are computed here once more. */
  readonly verify?: number;
}

/** `run [suite…]`: computes every cell of the suites and writes a report. */
export function runCommand(): Command {
  return new Command('run')
    .description('run suites and write a report (the default command)')
    .argument('[suite...]', `suite, group or YAML file (default: ${DEFAULT_GROUP})`)
    .option('--capture <dir>', 'run windows of a capture instead of suites; [suite...] names them')
    .addOption(
      new Option('--as <way>', 'also what its kernel did, as the baseline').choices(['executed']),
    )
    .option(
      '--machine <id>',
      "machine, or a machine file, instead of each suite's own; repeatable",
      collect,
    )
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
      '--precision <percent>',
      'as many seeds as intervals of about ± so many per cent take, after a pilot with --seeds',
      percentage('--precision'),
    )
    .option(
      '--jobs <n>',
      'worker threads; results do not depend on it',
      wholeNumber('--jobs', MAX_JOBS),
      availableParallelism(),
    )
    .option('--json', 'print one JSON object and no progress')
    .option('--out <dir>', 'folder to write to (default: a new one under reports/)')
    .option('--resume <dir>', 'go on with the run in a folder that was stopped')
    .option('--shard <i/n>', 'compute the i-th of n parts only; "merge" joins them', shardOf)
    .addOption(
      new Option('--engine <name>', 'compute on threads here, or by workers of a queue in Redis')
        .choices(['threads', 'bullmq'])
        .default('threads'),
    )
    .option('--redis <url>', 'the queue of --engine bullmq (default: $ASIDBENCH_REDIS)')
    .option(
      '--verify <k>',
      'compute k random cells of the workers here, too, and name a worker whose result differs',
      wholeNumber('--verify', MOST_VERIFIED),
    )
    .addHelpText('after', RUN_HELP)
    .action(async (words: string[], flags: RunFlags) => {
      const { performRun } = await import('./perform.ts');
      endWith(await performRun(words, flags, DEFAULT_GROUP));
    });
}
