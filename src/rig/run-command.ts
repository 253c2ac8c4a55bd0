import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { UserError } from '../util/user-error.ts';

export interface CommandOptions {
  readonly folder?: string;
  /** Everything that the command prints goes there. */
  readonly log: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

/** Lines of a failed command that its error quotes. */
const QUOTED_LINES = 3;

/**
 * Runs a command to its end. Throws `UserError` ('internal' never: a build that fails is the
 * machine's affair) with its last lines and the log where it ends with another status than 0.
 */
export async function runCommand(
  what: string,
  command: readonly [string, ...string[]],
  options: CommandOptions,
): Promise<void> {
  const [program, ...words] = command;
  const child = spawn(program, words, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const last = keepLines(child, options);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new UserError(
          'usage',
          what,
          error.code === 'ENOENT' ? `there is no ${program} here` : error.message,
          `Install ${program} and try again`,
        ),
      ),
    );
    child.once('close', resolve);
  });
  if (status === 0) return;
  const cause = `${program} ended with ${status ?? 'a signal'}: ${last().join(' / ')}`;
  throw new UserError('input', what, cause, `Everything that it printed is in ${options.log}`);
}

/** Copies what a command prints into its log; returns a function for the last lines. */
function keepLines(child: ChildProcess, options: CommandOptions): () => readonly string[] {
  const log = createWriteStream(options.log);
  let last: string[] = [];
  for (const stream of [child.stdout!, child.stderr!]) {
    createInterface({ input: stream }).on('line', (line) => {
      log.write(`${line}\n`);
      if (line.trim() !== '') last = [...last, line].slice(-QUOTED_LINES);
      options.onLine?.(line);
    });
  }
  child.once('close', () => log.end());
  return () => last;
}
