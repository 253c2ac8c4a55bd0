import { CommanderError } from 'commander';
import { EXIT_CODES, UserError } from '../../util/user-error.ts';
import { PROGRAM_NAME } from './invocation.ts';
import { printError } from './io.ts';
import { say } from './say.ts';

/**
 * Prints an error in the way of its kind and returns the exit code:
 * one sentence for a user's mistake, a request for a report for a bug of ours.
 */
export function reportError(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has already printed its sentence, or the help that was asked for.
    return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  }
  if (error instanceof UserError) {
    // A user's file may be quoted in the message.
    say(error.message);
    return EXIT_CODES[error.kind];
  }
  const message = error instanceof Error ? error.message : String(error);
  printError(internalError(message));
  if (process.env.ASIDBENCH_STACK === '1' && error instanceof Error) {
    printError(`${error.stack ?? ''}\n`);
  }
  return EXIT_CODES.internal;
}

/** Shown when the program itself failed. */
function internalError(message: string): string {
  return (
    `${PROGRAM_NAME}: internal error: ${message}\n` +
    'This is a bug of asidbench. Please report it with the command that you typed and the ' +
    'output of the same command with ASIDBENCH_STACK=1.\n'
  );
}

/** Commander's message as one sentence of ours: `asidbench: unknown option '--sed'. …` */
export function commanderSentence(text: string): string {
  const words = text
    .replace(/^error: /, '')
    .replace(/\n\((Did you mean .*\?)\)/, '. $1')
    .replace(/\s+/g, ' ')
    .trim();
  const end = /[.?!]$/.test(words) ? '' : '.';
  return `${PROGRAM_NAME}: ${words}${end} Add --help for what is possible.\n`;
}

/** A reader that goes away (`… | head`) is no error: stop quietly. */
export function exitQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(EXIT_CODES.ok);
      throw error;
    });
  }
}

/** The reason in a file system error, in words. */
export function fileSystemCause(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = FILE_SYSTEM_CAUSES[code];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}

const FILE_SYSTEM_CAUSES: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EEXIST: 'a file of this name is in the way',
  EISDIR: 'it is a folder',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file is in the way of the folder',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
};
