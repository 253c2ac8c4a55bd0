import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { endWith } from '../../output/io.ts';
import { ANSWER_HELP } from '../../output/messages.ts';
import { collect, wholeNumber } from '../../select/strategies.ts';
import { type ImportCommandFlags, withHostFlags } from '../import/flags.ts';
import { MAX_JOBS } from '../run/flags.ts';

export interface AnswerFlags extends Omit<ImportCommandFlags, 'machine'> {
  readonly machine?: readonly string[];
  readonly strategy?: readonly string[];
  readonly seeds?: number;
  readonly jobs: number;
}

const MAX_SEEDS = 10_000;

/** `answer FILE…`: import, run and report in one command. */
export function answerCommand(): Command {
  const command = new Command('answer')
    .description('what the series would save on your host, from what you have recorded of it')
    .argument('<file...>', 'files of one host, as for import');
  return withHostFlags(command)
    .option('--machine <id>', 'processor of the host; repeatable', collect)
    .option('--strategy <id>', 'strategy to compare; repeatable', collect)
    .option('--seeds <n>', 'seeds', wholeNumber('--seeds', MAX_SEEDS, 2))
    .option('--jobs <n>', 'worker threads', wholeNumber('--jobs', MAX_JOBS), availableParallelism())
    .option('--out <dir>', 'folder to write to (default: a new one under reports/)')
    .option('--json', 'print one JSON object and no progress')
    .addHelpText('after', ANSWER_HELP)
    .action(async (files: string[], flags: AnswerFlags) => {
      const { performAnswer } = await import('./perform.ts');
      endWith(await performAnswer(files, flags));
    });
}
