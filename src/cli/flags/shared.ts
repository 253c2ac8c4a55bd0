import { availableParallelism } from 'node:os';
import { parsed, parsedOr, repeated, text, toggle, word } from './flag.ts';
import { patchNumbers, positiveNumber, suiteName, wholeNumber } from './parse.ts';

/*
 * Flags that several commands take, each once. A command that means something narrower by one says so:
 * `{ ...MACHINE, what: 'processor of the host' }`.
 */

export const MAX_SEEDS = 10_000;
/** One seed has no interval. */
export const MIN_SEEDS = 2;
const MAX_JOBS = 1024;
/** A week. */
const MAX_SECONDS = 604_800;
const MAX_GHZ = 10;

export const JSON_OBJECT = toggle('--json', 'print one JSON object and no progress');
export const QUIET = toggle('--quiet', 'show no progress');
export const FRESH = toggle('--fresh', 'compute everything, whatever earlier runs have kept');
export const OUT_FOLDER = text(
  '--out <dir>',
  'folder to write to (default: a new one under reports/)',
);
export const OUT_FILE = text('--out <file>', 'file to write (default: a new one under reports/)');
export const HTML = text('--html <file>', 'write a page as well');

export const JOBS = {
  ...parsedOr(
    '--jobs <n>',
    'worker threads; results do not depend on it',
    wholeNumber(MAX_JOBS),
    availableParallelism(),
  ),
  otherwiseText: 'one per CPU',
};
export const SEEDS = parsed(
  '--seeds <n>',
  "seeds instead of each suite's own",
  wholeNumber(MAX_SEEDS, MIN_SEEDS),
);

export const MACHINE = text(
  '--machine <id>',
  "machine, or a machine file, instead of the suite's first",
);
export const MACHINES = repeated(
  '--machine <id>',
  "machine, or a machine file, instead of each suite's own; repeatable",
  word,
);
export const STRATEGY = text(
  '--strategy <id>',
  "strategy instead of the suite's first beside the baseline",
);
export const STRATEGIES = repeated(
  '--strategy <id>',
  "strategy instead of each suite's own; repeatable",
  word,
);
export const SET = repeated(
  '--set <behaviour=value>',
  'change a behaviour of the strategy; repeatable',
  word,
);
export const WITHOUT = repeated(
  '--without <patches>',
  'leave patches out of the series, for example 17,20; repeatable',
  patchNumbers,
);

export const REDIS = text('--redis <url>', 'redis:// or rediss:// (default: $ASIDBENCH_REDIS)');

/** What files of a host do not say themselves. */
export const SECONDS = parsed(
  '--seconds <n>',
  'time between two snapshots, or length of a recording that has no times',
  positiveNumber(MAX_SECONDS),
);
export const TSC_GHZ = parsed(
  '--tsc-ghz <n>',
  'clock of a trace whose time stamps are TSC cycles',
  positiveNumber(MAX_GHZ),
);
export const GHZ = parsed('--ghz <n>', 'clock of the host', positiveNumber(MAX_GHZ));
export const ID = parsed(
  '--id <name>',
  "the suite's name (default: after the first file)",
  suiteName,
);

/** What the emulator boots. */
export const KERNEL_IMAGE = text('--kernel <bzImage>', "kernel of L0 (default: Debian's 6.12.117)");
export const MODULES = text(
  '--modules <dir>',
  'folder with kvm.ko and kvm-amd.ko of L0, at any depth',
);
export const QEMU_SOURCE = text('--qemu-source <dir>', "source of QEMU 7.2 (default: Debian's)");
