import { KERNEL_IDS } from '../../../workloads/kernel-exits.ts';
import { choice, type FlagValues, type Parse, repeated, textOr } from '../../flags/flag.ts';
import { positiveNumber } from '../../flags/parse.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { GHZ, JSON_OBJECT, OUT_FILE, SECONDS } from '../../flags/shared.ts';
import { cpuidRateOf } from './probe-rate.ts';

const rate = positiveNumber(100_000_000);

/** A rate for each run: a number, or the file of a probe. */
const rates: Parse<readonly number[]> = (typed, flag) => [
  typed.endsWith('.json') ? cpuidRateOf(typed) : rate(typed, flag),
];

const FLAGS = {
  machine: textOr('--machine <id>', 'processor of the host', 'zen3-milan'),
  cpuidBefore: repeated(
    '--cpuid-before <n>',
    'CPUIDs per second in L2 before the series, or a probe.json; repeat it for each run',
    rates,
  ),
  cpuidAfter: repeated('--cpuid-after <n>', 'the same on a kernel with it', rates),
  suite: textOr('--suite <id>', 'what ran in L2, as a suite', 'cpuid-npt-npt'),
  kernel: choice(
    '--kernel <id>',
    'whose exits the host makes (default: that of the suite)',
    KERNEL_IDS,
  ),
  ghz: GHZ,
  seconds: { ...SECONDS, what: 'as for import' },
  out: { ...OUT_FILE, what: 'machine file to write (default: a new one under reports/)' },
  json: JSON_OBJECT,
};

export type FitFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [['[file...]', 'perf stat, counters or traces of the host, to check the fit against']],
  flags: FLAGS,
  details: `
Two rates determine two parameters, one rate one; the rest stays open and is
listed. The result is a machine file for --machine. Repeat a flag for each run
to get an interval from their scatter; a single run is taken to be off by 1 %.
A kernel from 6.12.19 or 6.14 on makes one exit more on each trip than the
suite has: say --kernel linux-6.15, or linux-6.12.117.`,
  examples: [
    'fit --cpuid-before 256621 --cpuid-after 301113',
    'fit --machine zen4-genoa --ghz 3.7 \\\n      --cpuid-before 310200 --cpuid-before 309100 perf-stat.csv',
    [
      'fit --cpuid-before before/probe.json \\\n      --cpuid-after after/probe.json',
      '(with "probe --out before" in L2, and again on the other kernel)',
    ],
  ],
};
