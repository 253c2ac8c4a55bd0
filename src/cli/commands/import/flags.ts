import { Command, InvalidArgumentError } from 'commander';
import { endWith } from '../../output/io.ts';
import { IMPORT_HELP } from '../../output/messages.ts';
import { positiveNumber } from '../../select/strategies.ts';

export interface ImportCommandFlags {
  readonly seconds?: number;
  readonly tscGhz?: number;
  readonly machine?: string;
  readonly id?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** A week. */
const MAX_SECONDS = 604_800;
const MAX_GHZ = 10;

/** Adds the flags that say of files what they do not say themselves. */
export function withHostFlags(command: Command): Command {
  return command
    .option(
      '--seconds <n>',
      'time between two snapshots, or length of a recording that has no times',
      positiveNumber('--seconds', MAX_SECONDS),
    )
    .option(
      '--tsc-ghz <n>',
      'clock of a trace whose time stamps are TSC cycles',
      positiveNumber('--tsc-ghz', MAX_GHZ),
    )
    .option('--id <name>', "the scenario's name (default: after the first file)", identifier);
}

function identifier(text: string): string {
  if (/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,47}$/.test(text)) return text;
  throw new InvalidArgumentError('letters, digits, ".", "_" and "-", at most 48 of them');
}

/** `import FILE…`: what a user has recorded of a host, as a scenario that `run` takes. */
export function importCommand(): Command {
  const command = new Command('import')
    .description('make a scenario of what you have recorded of your own host')
    .argument('<file...>', 'files of one host, compressed or plain; "-" is standard input');
  return withHostFlags(command)
    .option('--machine <id>', 'machine that the scenario names (default: zen3-milan)')
    .option('--out <file>', 'scenario to write (default: a new one under reports/)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', IMPORT_HELP)
    .action(async (files: string[], flags: ImportCommandFlags) => {
      const { performImport } = await import('./perform.ts');
      endWith(await performImport(files, flags));
    });
}
