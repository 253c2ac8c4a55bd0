import { Command, Option } from 'commander';
import { KERNEL_IDS, type KernelId } from '../../../workloads/kernel-exits.ts';
import { endWith } from '../../output/io.ts';
import { FIT_HELP } from '../../output/messages.ts';
import { positiveNumber } from '../../select/strategies.ts';
import { cpuidRateOf } from './probe-rate.ts';

export interface FitFlags {
  readonly machine: string;
  readonly cpuidBefore?: readonly number[];
  readonly cpuidAfter?: readonly number[];
  readonly scenario: string;
  readonly kernel?: KernelId;
  readonly ghz?: number;
  readonly seconds?: number;
  readonly out?: string;
  readonly json?: boolean;
}

const MAX_RATE = 100_000_000;
const MAX_GHZ = 10;
const MAX_SECONDS = 604_800;

function rates(flag: string): (text: string, before?: readonly number[]) => readonly number[] {
  const parse = positiveNumber(flag, MAX_RATE);
  return (text, before = []) => [
    ...before,
    text.endsWith('.json') ? cpuidRateOf(text) : parse(text),
  ];
}

/** `fit`: what measurements of a host say about the model's parameters, and what they leave open. */
export function fitCommand(): Command {
  return new Command('fit')
    .description('parameters that your measurements determine, and those that they leave open')
    .argument('[file...]', 'perf stat, counters or traces of the host, to check the fit against')
    .option('--machine <id>', 'processor of the host', 'zen3-milan')
    .option(
      '--cpuid-before <n>',
      'CPUIDs per second in L2 before the series, or a probe.json; repeat it for each run',
      rates('--cpuid-before'),
    )
    .option('--cpuid-after <n>', 'the same on a kernel with it', rates('--cpuid-after'))
    .option('--scenario <id>', 'what ran in L2, as a scenario', 'cpuid-npt-npt')
    .addOption(
      new Option(
        '--kernel <id>',
        'whose exits the host makes (default: that of the scenario)',
      ).choices(KERNEL_IDS),
    )
    .option('--ghz <n>', 'clock of the host', positiveNumber('--ghz', MAX_GHZ))
    .option('--seconds <n>', 'as for import', positiveNumber('--seconds', MAX_SECONDS))
    .option('--out <file>', 'machine file to write (default: a new one under reports/)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', FIT_HELP)
    .action(async (files: string[], flags: FitFlags) => {
      const { performFit } = await import('./perform.ts');
      endWith(await performFit(files, flags));
    });
}
