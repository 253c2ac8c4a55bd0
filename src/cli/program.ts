import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../util/user-error.ts';
import { COMMANDS, commandNamed, MOVED_COMMANDS } from './commands.ts';
import { EXIT_CODE_HELP, examplesText } from './flags/shape.ts';
import { loadCommand } from './load-command.ts';
import { commanderSentence, reportError } from './output/errors.ts';
import { INVOCATION } from './output/invocation.ts';
import { endWith, type Io, print, printError, withIo } from './output/io.ts';
import { projectRoot } from './project-root.ts';

const SUMMARY =
  'How much does a separate ASID for L2 save, which patch buys what, and is each step safe? ' +
  "A cost-annotated model of x86 TLBs under KVM's SVM code.";

const HELP = `
A word that is no command is the name of a suite or of a group of suites, and
runs it; without any word the group "headline" runs. docs/README.md lists the
how-tos, and what stands behind the answers: docs/how-to/answer-for-your-host.md
and docs/how-to/try-a-change.md the two questions that are asked most.

${examplesText([
  ['', 'every headline question, with a report'],
  ['cpuid-npt-npt --machine zen3-milan --json', 'one question on one machine, as JSON'],
  [
    'answer --machine zen4-genoa --exits msr=24000,hlt=16000 \\\n      --vcpus 16 --l2s 2',
    'what would it save me?',
  ],
  [
    'check --set onPcpuChange=nothing --suite kv-redis-l2',
    'is my change safe, and what does it save?',
  ],
  ['list', 'what can be run'],
  ['explain invlpga', 'what a name means, and where its numbers come from'],
  ['replay data/nested-kvm/hw/*.br', 'does the model flush when the captured KVM did?'],
  ['report reports/example --format mail', 'a finished run as text for a mail'],
])}

${EXIT_CODE_HELP}`;

/** Questions about the program itself. */
const OWN_FLAGS: readonly string[] = ['--help', '-h', '--version', '-V'];

/**
 * The whole program: does what the words of a command line ask for and returns the exit code. It ends no
 * process, but for a signal that comes while a run is under way. `io` receives what it prints.
 */
export function program(words: readonly string[], io?: Io): Promise<number> {
  return withIo(io, async () => {
    try {
      refuseMoved(words[0] ?? '');
      const typed = withImpliedCommand(words);
      await (await rootCommand(typed[0] ?? '')).parseAsync(typed, { from: 'user' });
    } catch (error) {
      endWith(reportError(error));
    }
  });
}

/** All commands by name; the one that is asked for is loaded whole. */
async function rootCommand(asked: string): Promise<Command> {
  const root = new Command(INVOCATION)
    .description(SUMMARY)
    .version(version())
    .addHelpText('after', HELP)
    .helpCommand(false);
  for (const row of COMMANDS) {
    const command =
      row.name === asked
        ? await loadCommand(row.name, row.summary)
        : new Command(row.name).description(row.summary);
    root.addCommand(command.helpGroup(row.group));
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
  return commandNamed(first) !== undefined || OWN_FLAGS.includes(first) ? words : ['run', ...words];
}

/** Throws UserError('usage') for a command that has another name now. */
function refuseMoved(word: string): void {
  const moved = Object.entries(MOVED_COMMANDS).find(([name]) => name === word);
  if (moved === undefined) return;
  const [name, now] = moved;
  throw new UserError('usage', name, 'this command is gone', `Write "${INVOCATION} ${now}"`);
}

function version(): string {
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
