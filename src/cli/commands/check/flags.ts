import { type FlagValues, parsed, repeated, text, textOr, toggle, word } from '../../flags/flag.ts';
import { wholeNumber } from '../../flags/parse.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { FRESH, JOBS, JSON_OBJECT, OUT_FILE, SEEDS, SET, WITHOUT } from '../../flags/shared.ts';

const MOST = Number.MAX_SAFE_INTEGER;
/** The checker says itself which sizes it has room for. */
const anyNumber = wholeNumber(MOST, 0);

/** Sizes of worlds. */
const SIZE_FLAGS = {
  pcpus: parsed('--pcpus <n>', 'pCPUs of every world', anyNumber),
  vcpus: parsed('--vcpus <n>', 'vCPUs of every VM', anyNumber),
  l2s: parsed('--l2s <n>', 'ASIDs that each L1 vCPU gives to L2s', anyNumber),
  pages: parsed('--pages <n>', 'pages of every guest', anyNumber),
  asids: parsed('--asids <n>', 'ASIDs of the CPU, the one of the host included', anyNumber),
  flushbyasid: toggle('--no-flushbyasid', 'a CPU without FLUSHBYASID'),
};

export type CheckSizes = FlagValues<typeof SIZE_FLAGS>;

/** What it costs, beside whether it is safe. */
const COST_FLAGS = {
  suite: repeated('--suite <id>', 'also say what it saves in this suite; repeatable', word),
  seeds: { ...SEEDS, what: 'seeds of each suite (default: its own; of --series 10)' },
  fresh: FRESH,
};

/** Those that --series takes alone. */
export const SERIES_FLAGS = {
  out: { ...OUT_FILE, what: 'of --series: write the JSON object to a file too' },
};

/** Those that it does not take. */
export const WORLD_FLAGS = {
  without: WITHOUT,
  set: SET,
  world: repeated('--world <id>', 'only this world; repeatable', word),
  depth: parsed('--depth <events>', 'longest path', anyNumber),
  runs: parsed('--runs <n>', 'random runs in worlds that are not exhausted', anyNumber),
  seed: parsed('--seed <n>', 'seed of the random runs', anyNumber),
  ...SIZE_FLAGS,
  all: toggle('--all', 'with --without or --set: explore everything, not only to what is new'),
  quick: toggle('--quick', 'smaller bounds, for CI'),
  mutants: toggle('--mutants', 'check the checker: how many wrong steps does it notice?'),
  replay: text('--replay <file>', 'perform a transcript and say what happens; - is standard input'),
};

const FLAGS = {
  strategy: textOr('--strategy <id>', 'strategy to check', 'rfc-2025-03'),
  ...WORLD_FLAGS,
  states: parsed('--states <n>', 'most states of a world', anyNumber),
  jobs: JOBS,
  series: toggle('--series', 'what each patch of the series saves, and whether it may be left out'),
  ...COST_FLAGS,
  ...SERIES_FLAGS,
  json: JSON_OBJECT,
};

export type CheckFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [],
  flags: FLAGS,
  details: `
Runs KVM's code over an unbounded TLB in small worlds and tries every order of
events. With --without or --set it looks for what the plain strategy does not
do, and stops at the first: its transcript is a shortest one.

--series goes through the series patch by patch. Costs are modelled, with 95 %
intervals over seeds. Safety is what the checker finds in small worlds within
its bounds: a stale translation that is found is one, and what is not found may
still be there. What it has computed is kept, so that a call that was
interrupted goes on.`,
  examples: [
    [
      'check --set vmcb12AsidChange=flush \\\n      --set onPcpuChange=nothing --suite kv-redis-l2',
      'is my change safe, and what does it save?',
    ],
    [
      'check --strategy rfc-2025-03 --without 17',
      'what goes wrong when a patch is left out of the series',
    ],
    [
      'check --strategy kvm-6.14 --quick',
      'everything that goes wrong in a strategy, in small bounds',
    ],
    'check --strategy rfc-2026-06 --world moving --json',
    'check --strategy kvm-6.14 --replay transcript.txt',
    'check --series --suite kv-redis-l2 --seeds 20',
  ],
};
