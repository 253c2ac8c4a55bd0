import { Command } from 'commander';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { endWith, print } from '../../output/io.ts';
import { VALIDATE_HELP } from '../../output/messages.ts';
import { collect } from '../../select/strategies.ts';

interface ValidateFlags {
  readonly probe?: readonly string[];
  readonly json?: boolean;
}

/** `validate`: the scoreboard. A miss is a finding and no failure: the exit code is 0. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('hold the model against every published or captured number')
    .option('--probe <file>', 'a probe.json of a host of yours; repeatable', collect)
    .option('--json', 'print one JSON object')
    .addHelpText('after', VALIDATE_HELP)
    .action(async (flags: ValidateFlags) => {
      endWith(await validate(flags));
    });
}

async function validate(flags: ValidateFlags): Promise<number> {
  const { readProbe, shippedProbes } = await import('./probes.ts');
  const own = (flags.probe ?? []).map((path) => readProbe(path));
  const { shippedSuites } = await import('../../../suite/load-suite.ts');
  const { scoreboard } = await import('../../../validation/scoreboard.ts');
  const { TOPIC_IDS } = await import('../../../validation/rows.ts');
  const inputs = { suites: shippedSuites(), probes: [...shippedProbes(), ...own] };
  const board = scoreboard(inputs, TOPIC_IDS);
  if (flags.json === true) {
    print(`${JSON.stringify(board, null, 2)}\n`);
    return EXIT_CODES.ok;
  }
  const { validationText } = await import('../../../report/validation-text.ts');
  print(validationText(board));
  return EXIT_CODES.ok;
}
