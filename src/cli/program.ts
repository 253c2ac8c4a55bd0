import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { answerCommand } from './commands/answer/flags.ts';
import { liveCommand } from './commands/answer/live.ts';
import { captureCommand } from './commands/capture/flags.ts';
import { checkCommand } from './commands/check/flags.ts';
import { patchesCommand } from './commands/check/series.ts';
import { compareCommand } from './commands/compare/perform.ts';
import { explainCommand } from './commands/explain/flags.ts';
import { fitCommand } from './commands/fit/flags.ts';
import { importCommand } from './commands/import/flags.ts';
import { listCommand } from './commands/list/perform.ts';
import { probeCommand } from './commands/probe/perform.ts';
import { queryCommand } from './commands/query.ts';
import { recordCommand } from './commands/record/flags.ts';
import { replayCommand } from './commands/replay/perform.ts';
import { reportCommand } from './commands/report/perform.ts';
import { runCommand } from './commands/run/flags.ts';
import { mergeCommand } from './commands/run/merge-flags.ts';
import { sanitizeCommand } from './commands/sanitize/flags.ts';
import { sensitivityCommand } from './commands/sensitivity/perform.ts';
import { validateCommand } from './commands/validate/perform.ts';
import { workerCommand } from './commands/worker/flags.ts';
import { commanderSentence, reportError } from './output/errors.ts';
import { endWith, type Io, print, printError, withIo } from './output/io.ts';
import { INVOCATION, PROGRAM_HELP, PROGRAM_SUMMARY } from './output/messages.ts';
import { projectRoot } from './project-root.ts';
import { COMMANDS } from './select/names.ts';

/**
 * The whole program: does what the words of a command line ask for and returns the exit code. It ends no
 * process, but for a signal that comes while a run is under way. `io` receives what it prints.
 */
export function program(words: readonly string[], io?: Io): Promise<number> {
  return withIo(io, async () => {
    try {
      await commands().parseAsync(withImpliedCommand(words), { from: 'user' });
    } catch (error) {
      endWith(reportError(error));
    }
  });
}

function commands(): Command {
  const root = new Command(INVOCATION)
    .description(PROGRAM_SUMMARY)
    .version(version())
    .addHelpText('after', PROGRAM_HELP)
    .helpCommand(false);
  for (const command of [
    runCommand(),
    listCommand(),
    explainCommand(),
    replayCommand(),
    checkCommand(),
    patchesCommand(),
    reportCommand(),
    mergeCommand(),
    workerCommand(),
    queryCommand(),
    importCommand(),
    answerCommand(),
    fitCommand(),
    compareCommand(),
    recordCommand(),
    probeCommand(),
    captureCommand(),
    sanitizeCommand(),
    sensitivityCommand(),
    validateCommand(),
    liveCommand(),
  ]) {
    root.addCommand(command);
  }
  for (const command of [root, ...root.commands]) {
    command.exitOverride().configureOutput({
      writeOut: print,
      writeErr: printError,
      outputError: (text, write) => write(commanderSentence(text)),
    });
  }
  return root;
}

/** A first word that is neither a command nor a question about the program is a suite's. */
function withImpliedCommand(words: readonly string[]): readonly string[] {
  const first = words[0] ?? '';
  const own: readonly string[] = [...COMMANDS, '--help', '-h', '--version', '-V'];
  return own.includes(first) ? words : ['run', ...words];
}

function version(): string {
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
