import { type FlagValues, parsed, parsedOr } from '../../flags/flag.ts';
import { wholeNumber } from '../../flags/parse.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { OUT_FILE, QUIET } from '../../flags/shared.ts';

const MOST = Number.MAX_SAFE_INTEGER;

const FLAGS = {
  out: { ...OUT_FILE, what: 'page trace to write (default: PROGRAM.ptr.br here)' },
  skip: parsedOr('--skip <n>', 'instructions to leave out first', wholeNumber(MOST, 0), 0),
  instructions: parsed(
    '--instructions <n>',
    'stop the program after so many more',
    wholeNumber(MOST),
  ),
  quiet: QUIET,
};

export type RecordFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [['<command...>', 'the program and its arguments, after --']],
  flags: FLAGS,
  details: `
The program runs under Valgrind's tool lackey, some hundred times slower. Its
text is converted as it is printed and never lies on the disk. What comes out is
a page trace and, beside it, a suite that runs the program as L2.
Ctrl-C stops the program and keeps what is recorded. Forked children and
programs that it starts are not recorded: name the program itself, not a script.`,
  examples: [
    'record -- sqlite3 my.db .dump',
    'record --skip 5000000 --instructions 10000000 \\\n      -- python3 job.py',
    'record --out traces/job.ptr.br -- ./job --fast',
  ],
  exitCodes: `Exit codes: 0 recorded; 1 recorded, but the program itself failed; 2 Valgrind
or the program can't be run; 5 the trace can't be written; 130 interrupted, and
what was recorded is kept.`,
};
