import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { endWith } from '../../output/io.ts';
import { CHECK_HELP } from '../../output/messages.ts';
import { collect, patchNumbers } from '../../select/strategies.ts';
import type { CheckSizes } from './sizes.ts';

export interface CheckFlags extends CheckSizes {
  readonly strategy: string;
  readonly without?: readonly number[];
  readonly set?: readonly string[];
  readonly world?: readonly string[];
  readonly all?: boolean;
  readonly quick?: boolean;
  readonly depth?: number;
  readonly states?: number;
  readonly runs?: number;
  readonly seed?: number;
  readonly jobs: number;
  readonly replay?: string;
  readonly mutants?: boolean;
  readonly json?: boolean;
}

/** `check`: every interleaving of a small world, looking for stale translations. */
export function checkCommand(): Command {
  return new Command('check')
    .description('look for stale translations in every interleaving of small worlds')
    .option('--strategy <id>', 'strategy to check', 'rfc-2025-03')
    .option(
      '--without <patches>',
      'leave patches out of the series, for example 17,20',
      patchNumbers,
    )
    .option('--set <behaviour=value>', 'change a behaviour of it; repeatable', collect)
    .option('--world <id>', 'only this world; repeatable', collect)
    .option('--all', 'with --without or --set: explore everything, not only to what is new')
    .option('--quick', 'smaller bounds, for CI')
    .option('--depth <events>', 'longest path', whole)
    .option('--states <n>', 'most states of a world', whole)
    .option('--runs <n>', 'random runs in worlds that are not exhausted', whole)
    .option('--seed <n>', 'seed of the random runs', whole)
    .option('--pcpus <n>', 'pCPUs of every world', whole)
    .option('--vcpus <n>', 'vCPUs of every VM', whole)
    .option('--l2s <n>', 'ASIDs that each L1 vCPU gives to L2s', whole)
    .option('--pages <n>', 'pages of every guest', whole)
    .option('--asids <n>', 'ASIDs of the CPU, the one of the host included', whole)
    .option('--no-flushbyasid', 'a CPU without FLUSHBYASID')
    .option('--jobs <n>', 'threads; the result is the same for any', whole, availableParallelism())
    .option('--replay <file>', 'perform a transcript and say what happens; - is standard input')
    .option('--mutants', 'check the checker: how many wrong steps does it notice?')
    .option('--json', 'print one JSON object')
    .addHelpText('after', CHECK_HELP)
    .action(async (flags: CheckFlags) => {
      const { performCheck } = await import('./perform.ts');
      endWith(await performCheck(flags));
    });
}

function whole(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Write a whole number.');
}
