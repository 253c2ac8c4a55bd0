import type { FlagValues } from '../../flags/flag.ts';
import type { CommandShape } from '../../flags/shape.ts';
import {
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

const FLAGS = {
  seconds: SECONDS,
  tscGhz: TSC_GHZ,
  id: ID,
  machine: { ...MACHINES, what: 'processor of the host; repeatable' },
  strategy: { ...STRATEGIES, what: 'strategy to compare; repeatable' },
  seeds: SEEDS,
  jobs: JOBS,
  out: OUT_FOLDER,
  json: JSON_OBJECT,
};

export type AnswerFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [['<file...>', "files of one host, as for import; or a link of a report's page"]],
  flags: FLAGS,
  details: `
Imports the files, writes suites, runs them and writes a report: what the series
would save on this host, how sure that is, and what to measure there to check
it. What L2 touches is in no file of KVM: a small, a middle and a large program
stand in for it, so the answer is a span.

The page of a report ("Try it") computes answers to other assumptions and keeps
them in its address. For such a link, or what follows its #, this prints the
same numbers, computed here. docs/reference/formats.md has what it may hold.`,
  examples: [
    'answer trace.txt.gz --machine zen4-genoa',
    'answer before.txt after.txt --seconds 10 perf-stat.csv',
    "answer '#try?scenario=cpuid-npt-npt&strategy=rfc-2025-03'",
    "answer '#try?scenario=rate-sweep&rate=100000&pages=500'",
  ],
};
