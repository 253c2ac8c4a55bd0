import { type FlagValues, parsed, repeated, text, word } from '../../flags/flag.ts';
import { percentage } from '../../flags/parse.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { HTML, JOBS, JSON_OBJECT, MACHINES, OUT_FOLDER, SEEDS } from '../../flags/shared.ts';

/** Those that runs alone take. */
export const RUN_FLAGS = {
  before: repeated('--before <id>', 'strategy or machine of A that counts; repeatable', word),
  after: repeated('--after <id>', 'strategy or machine of B that counts; repeatable', word),
  within: parsed('--within <percent>', 'difference that is none (default: 1%)', percentage),
  failIfSlower: parsed(
    '--fail-if-slower <percent>',
    'exit code 1 if B is surely slower than A by more, or newly unsafe',
    percentage,
  ),
  html: HTML,
};

/** Those that captures alone take, in the order in which the command of their comparison says them. */
export const CAPTURE_FLAGS = {
  window: repeated('--window <name>', 'of captures: window to compare; repeatable', word),
  machine: { ...MACHINES, what: 'of captures: machine to price them on; repeatable' },
  model: text(
    '--model <strategy>',
    'of captures: put beside B what the model says of the trips of A under this strategy',
  ),
  seeds: { ...SEEDS, what: 'of captures: seeds' },
};

const FLAGS = {
  ...RUN_FLAGS,
  json: JSON_OBJECT,
  ...CAPTURE_FLAGS,
  jobs: { ...JOBS, what: 'of captures: worker threads' },
  out: { ...OUT_FOLDER, what: `of captures: ${OUT_FOLDER.what}` },
};

export type CompareFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [
    ['<a>', 'folder of a finished run, or of a capture'],
    ['[b]', 'folder of the other (default: the same run)'],
  ],
  flags: FLAGS,
  details: `
A and B are folders of finished runs. Cells of the same suite, machine, strategy
and seed are compared in pairs. Where both sides name a strategy or a machine of
their own, those are compared with each other.
"No difference" means that the whole 95 % interval lies within --within.

Or A and B are captures: what kernel B saves over kernel A, window by window and
machine by machine, each priced as it executed. This is a run: its folder has
report.html, and "report" prints it as a mail. --model STRATEGY also runs the
trips of A in the model, under its baseline and under the strategy, and says by
how much the two answers differ.`,
  examples: [
    'compare reports/before reports/after',
    'compare reports/example --before kvm-6.14 \\\n      --after rfc-2025-03',
    'compare reports/milan reports/turin --html compared.html',
    'compare reports/main reports/mine --fail-if-slower 1%',
    'compare data/captures/stock data/captures/rfc \\\n      --model rfc-2025-03',
  ],
};
