import type { ResultFlags } from '../../../run/run-plan.ts';
import { choice, choiceOr, type FlagValues, parsed, text, toggle } from '../../flags/flag.ts';
import { percentage, shard, wholeNumber } from '../../flags/parse.ts';
import type { CommandShape } from '../../flags/shape.ts';
import {
  FRESH,
  JOBS,
  JSON_OBJECT,
  MACHINES,
  MAX_SEEDS,
  MIN_SEEDS,
  OUT_FOLDER,
  REDIS,
  SET,
  STRATEGIES,
  WITHOUT,
} from '../../flags/shared.ts';

export const DEFAULT_GROUP = 'headline';
const MOST_VERIFIED = 1_000_000;

/** Those that decide results, in the order in which the command of a run says them. */
export const RESULT_FLAGS = {
  capture: text(
    '--capture <dir>',
    'run windows of a capture instead of suites; [suite...] names them',
  ),
  as: choice('--as <way>', 'also what its kernel did, as the baseline', ['executed']),
  machine: MACHINES,
  strategy: STRATEGIES,
  set: {
    ...SET,
    what: "change a behaviour of every named strategy (without --strategy: of the suites'); repeatable",
  },
  without: WITHOUT,
  seeds: parsed(
    '--seeds <n>',
    'seeds of each scenario (default: what settles its answer), or "suite": what each suite says',
    (typed, flag) => (typed === 'suite' ? typed : wholeNumber(MAX_SEEDS, MIN_SEEDS)(typed, flag)),
  ),
} satisfies Record<keyof ResultFlags, unknown>;

const FLAGS = {
  ...RESULT_FLAGS,
  precision: parsed(
    '--precision <percent>',
    'as many seeds as intervals of about ± so many per cent take, after a pilot with --seeds',
    percentage,
  ),
  jobs: JOBS,
  json: JSON_OBJECT,
  fresh: FRESH,
  out: OUT_FOLDER,
  resume: text('--resume <dir>', 'go on with the run in a folder that was stopped'),
  shard: parsed('--shard <i/n>', 'compute the i-th of n parts only; --merge joins them', shard),
  merge: toggle(
    '--merge',
    'join shards, whose folders the words name, into the run that one machine would have written',
  ),
  engine: choiceOr(
    '--engine <name>',
    'compute on threads here, or by workers of a queue in Redis',
    ['threads', 'bullmq'],
    'threads',
  ),
  redis: { ...REDIS, what: 'the queue of --engine bullmq (default: $ASIDBENCH_REDIS)' },
  verify: parsed(
    '--verify <k>',
    'compute k random cells of the workers here, too, and name a worker whose result differs',
    wholeNumber(MOST_VERIFIED),
  ),
};

export type RunFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [['[suite...]', `suite, group or YAML file (default: ${DEFAULT_GROUP})`]],
  flags: FLAGS,
  details: `
A suite is named by its id, by its group, or by the path of a YAML file; a
machine by its id or by the path of a machine file (.json), as "probe" writes.
With --capture the words name windows of a capture (none: all with pages). Its
round trips run under the strategies; with --as executed they are compared with
what the captured kernel itself did.
All times are modelled; the same words give the same bytes, whatever --jobs is.
Without --seeds a scenario whose whole interval is known (the headline suites)
takes seeds until its interval over seeds is a tenth of that: a pilot of 8, then
what it asks for, at most the suite's number; manifest.json says how many.
The run goes to a new folder under reports/, or to --out: results.jsonl (a line
for each cell as it finishes), manifest.json, report.md and report.html. A run
that was stopped, in whatever way, goes on with --resume and ends with the same
bytes; Ctrl-C leaves a partial report there, and a second one ends at once.
--merge needs all shards of one run, each finished, and checks every line; --out
then holds what "run" without --shard would have written.`,
  examples: [
    'run headline',
    'cpuid-npt-npt --machine zen3-milan --machine skx',
    'run npf-npt-npt --set vmcb12TlbControl=ignored',
    'run my/suite.yaml --seeds 20 --out my/run',
    'run kv-redis-l2 --precision 0.5%',
    'run --capture data/captures/stock --as executed',
    'run --resume reports/headline-zen3-milan',
    'run headline --shard 2/8 --out part-2',
    'run --merge part-1 part-2 --out whole',
    'run --engine bullmq --redis redis://queue --verify 20',
  ],
};
