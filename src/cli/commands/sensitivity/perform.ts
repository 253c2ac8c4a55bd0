import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { MACHINES, machineById } from '../../../hardware/presets/index.ts';
import type { CellResult } from '../../../run/results.ts';
import type { SensitivityResult } from '../../../sensitivity/sensitivity-result.ts';
import type { Suite } from '../../../suite/suite.ts';
import { UserError } from '../../../util/user-error.ts';
import { print } from '../../output/io.ts';
import { SENSITIVITY_HELP } from '../../output/messages.ts';
import { startTerminalProgress } from '../../output/progress.ts';
import { writePage } from '../../output/write-file.ts';
import { unknownName } from '../../select/names.ts';
import { checkSuiteNames, selectStrategy, wholeNumber } from '../../select/strategies.ts';

const MAX_JOBS = 1024;

interface SensitivityFlags {
  readonly machine?: string;
  readonly strategy?: string;
  readonly jobs: number;
  readonly json?: boolean;
  readonly html?: string;
}

/** `sensitivity SUITE`: which unknown numbers an answer depends on, and where it would be another. */
export function sensitivityCommand(): Command {
  return new Command('sensitivity')
    .description(
      'which unknown numbers the answer of a suite depends on, and where it would change',
    )
    .argument('<suite>', 'suite or YAML file')
    .option('--machine <id>', "machine instead of the suite's first")
    .option('--strategy <id>', "strategy instead of the suite's first beside the baseline")
    .option(
      '--jobs <n>',
      'worker threads; results do not depend on it',
      wholeNumber('--jobs', MAX_JOBS),
      availableParallelism(),
    )
    .option('--json', 'print one JSON object and no progress')
    .option('--html <file>', 'write a page with figures as well')
    .addHelpText('after', SENSITIVITY_HELP)
    .action(async (word: string, flags: SensitivityFlags) => {
      const result = await sensitivity(word, flags);
      if (flags.html !== undefined) {
        const { renderSensitivityHtml } = await import('../../../report/sensitivity-html.ts');
        writePage(flags.html, await renderSensitivityHtml(result));
      }
      if (flags.json === true) print(`${JSON.stringify(result, null, 2)}\n`);
      else {
        const { renderSensitivity } = await import('../../../report/sensitivity-text.ts');
        print(renderSensitivity(result));
      }
    });
}

async function oneSuite(word: string): Promise<Suite> {
  const { chooseSuites } = await import('../../select/suites.ts');
  const suites = chooseSuites([word]);
  checkSuiteNames(suites);
  const [suite, other] = suites;
  if (suite !== undefined && other === undefined) return suite;
  throw new UserError(
    'usage',
    `sensitivity ${word}`,
    `this names ${suites.length} suites, and one is analysed at a time`,
    `Name one of them: ${suites.map(({ id }) => id).join(', ')}`,
  );
}

/** A shipped machine, as its sources have it. */
function machineOf(word: string) {
  const machine = machineById(word);
  if (machine !== undefined) return machine;
  throw unknownName(
    'machine',
    word,
    MACHINES.map(({ id }) => id),
  );
}

async function sensitivity(word: string, flags: SensitivityFlags): Promise<SensitivityResult> {
  const suite = await oneSuite(word);
  const machine = machineOf(flags.machine ?? suite.machines[0]!);
  const before = selectStrategy(suite.baseline);
  const other = flags.strategy ?? suite.strategies.find((id) => id !== before.id);
  if (other === undefined || other === before.id) {
    const cause = `there is nothing to compare with the baseline ${before.id}`;
    throw new UserError('usage', suite.file, cause, 'Name another strategy with --strategy');
  }
  const [{ analyseSensitivity }, { localEngine }, { shippedSuites }] = await Promise.all([
    import('../../../sensitivity/analyse.ts'),
    import('../../../run/execute.ts'),
    import('../../../suite/load-suite.ts'),
  ]);
  const progress = flags.json === true ? null : startTerminalProgress(0);
  const after = selectStrategy(other);
  const result = await analyseSensitivity(
    { suite, machine, before, after, suites: shippedSuites() },
    async (cells) => {
      const results: CellResult[] = [];
      await localEngine(flags.jobs)(cells, (cell) => {
        results.push(cell);
        progress?.advance(results.length, cells.length);
      });
      progress?.finish();
      return results;
    },
  );
  if (result !== undefined) return result;
  throw new Error('no draw of the unknowns can meet the calibration');
}
