import { Command } from 'commander';
import { INVOCATION } from '../output/invocation.ts';
import { addFlags, type Flags } from './flag.ts';

/** What a command takes and what help says of it; its name and summary are in the table of commands. */
export interface CommandShape<Table extends Flags> {
  /** Positional words with what they are: `[['<dir>', 'folder that a run has written']]`. */
  readonly words: readonly (readonly [string, string])[];
  readonly flags: Table;
  /** Below the flags, in 80 columns. */
  readonly details: string;
  /** Without the program's name; a second text says what it does. */
  readonly examples: readonly (string | readonly [string, string])[];
  /** Absent: those of the whole program. */
  readonly exitCodes?: string;
}

export const EXIT_CODE_HELP = `Exit codes:
  0    done; every expectation held, every VMRUN agreed
  1    done, but an expectation of a suite did not hold, a replay disagrees or
       a comparison is slower than --fail-if-slower allows
  2    unknown flag or name
  3    the checker found a violation
  4    an input file can't be read or understood
  5    output can't be written
  70   a bug of this program
  130  interrupted; what was finished is kept`;

/** A command with its help, which does nothing yet. */
export function commandOf<Table extends Flags>(
  name: string,
  summary: string,
  { words, flags, details, examples, exitCodes = EXIT_CODE_HELP }: CommandShape<Table>,
): Command {
  const command = new Command(name).description(summary);
  for (const [word, what] of words) command.argument(word, what);
  addFlags(command, flags);
  const parts = [details.trim(), examplesText(examples), exitCodes].filter((part) => part !== '');
  return command.addHelpText('after', `\n${parts.join('\n\n')}`);
}

export function examplesText(examples: CommandShape<Flags>['examples']): string {
  const lines = examples.map((example) => {
    const [line, what] = typeof example === 'string' ? [example] : example;
    return `  ${`${INVOCATION} ${line}`.trim()}\n${what === undefined ? '' : `      ${what}\n`}`;
  });
  return `Examples:\n${lines.join('')}`.trimEnd();
}
