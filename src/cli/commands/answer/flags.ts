import { choiceOr, type FlagValues, parsed, parsedOr } from '../../flags/flag.ts';
import { percentage, wholeNumber } from '../../flags/parse.ts';
import type { CommandShape } from '../../flags/shape.ts';
import {
  FRESH,
  ID,
  JOBS,
  JSON_OBJECT,
  MACHINES,
  OUT_FOLDER,
  SECONDS,
  SEEDS,
  STRATEGIES,
  TSC_GHZ,
} from '../../flags/shared.ts';
import { exitRates } from './exit-rates.ts';

const MOST_VCPUS = 1024;
const MOST_L2S = 64;
const MOST_PAGES = 65_536;

/** What is said of a host without a file. */
export const STATED_FLAGS = {
  exits: parsed(
    '--exits <kind=n,…>',
    'without files: exits of L2 a second that L1 handles, for example msr=24000,hlt=16000',
    exitRates,
  ),
  per: choiceOr('--per <what>', 'whose rates --exits are', ['host', 'vcpu'], 'host'),
  vcpus: parsedOr('--vcpus <n>', 'vCPUs of L1s on the host', wholeNumber(MOST_VCPUS), 1),
  l2s: parsedOr('--l2s <n>', 'L2s that each of these vCPUs runs in turn', wholeNumber(MOST_L2S), 1),
  workingSet: parsed(
    '--working-set <pages>',
    '4 KiB pages of data that L2 comes back to',
    wholeNumber(MOST_PAGES),
  ),
  busy: parsed('--busy <percent>', 'share of the time that these vCPUs are not halted', percentage),
};

const FLAGS = {
  ...STATED_FLAGS,
  seconds: SECONDS,
  tscGhz: TSC_GHZ,
  id: ID,
  machine: { ...MACHINES, what: 'processor of the host; repeatable' },
  strategy: { ...STRATEGIES, what: 'strategy to compare; repeatable' },
  seeds: SEEDS,
  jobs: JOBS,
  fresh: FRESH,
  out: OUT_FOLDER,
  json: JSON_OBJECT,
};

export type AnswerFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [['[file...]', "files of one host, as for import; or a link of a report's page"]],
  flags: FLAGS,
  details: `
Without files --exits says what is known: an answer for the host, with the time
and the cores that it saves, how sure that is, whether it is safe, and what to
count to know it better. Files given with it replace what is only said.

Imports the files, writes suites, runs them and writes a report: what the series
would save on this host, how sure that is, and what to measure there to check
it. What L2 touches is in no file of KVM: a small, a middle and a large program
stand in for it, so the answer is a span.

The page of a report ("Try it") computes answers to other assumptions and keeps
them in its address. For such a link, or what follows its #, this prints the
same numbers, computed here. docs/reference/formats.md has what it may hold.`,
  examples: [
    [
      'answer --machine zen4-genoa --exits msr=24000,hlt=16000 \\\n      --vcpus 16 --l2s 2',
      'a host of which nothing was recorded',
    ],
    'answer trace.txt.gz --machine zen4-genoa',
    'answer before.txt after.txt --seconds 10 perf-stat.csv',
    "answer '#try?scenario=cpuid-npt-npt&strategy=rfc-2025-03'",
    "answer '#try?scenario=rate-sweep&rate=100000&pages=500'",
  ],
};
