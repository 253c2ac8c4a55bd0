import { Command } from 'commander';
import { endWith } from '../../output/io.ts';
import { RECORD_HELP } from '../../output/messages.ts';
import { wholeNumber } from '../../select/strategies.ts';
import type { RecordFlags } from './perform.ts';

/** `record -- COMMAND…`: a page trace of a program, converted while it runs. */
export function recordCommand(): Command {
  const most = Number.MAX_SAFE_INTEGER;
  return new Command('record')
    .description('run a program under Valgrind and record the pages that it touches')
    .argument('<command...>', 'the program and its arguments, after --')
    .option('--out <file>', 'page trace to write (default: PROGRAM.ptr.br here)')
    .option('--skip <n>', 'instructions to leave out first', wholeNumber('--skip', most, 0), 0)
    .option(
      '--instructions <n>',
      'stop the program after so many more',
      wholeNumber('--instructions', most),
    )
    .option('--quiet', 'show no progress')
    .addHelpText('after', RECORD_HELP)
    .action(async (command: string[], flags: RecordFlags) => {
      const { recordProgram } = await import('./perform.ts');
      endWith(await recordProgram(command, flags));
    });
}
