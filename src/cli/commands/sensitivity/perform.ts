import { MACHINES } from '../../../hardware/presets/index.ts';
import { renderSensitivity } from '../../../report/sensitivity/text.ts';
import { analyseSensitivity } from '../../../sensitivity/analyse.ts';
import type { SensitivityResult } from '../../../sensitivity/sensitivity-result.ts';
import { shippedSuites } from '../../../suite/load-suite.ts';
import type { Suite } from '../../../suite/suite.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { writeOut } from '../../files/write-file.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { runCells } from '../../running/run-cells.ts';
import { named } from '../../select/names.ts';
import { checkSuiteNames, selectStrategy } from '../../select/strategies.ts';
import { chooseSuites } from '../../select/suites.ts';
import type { SensitivityFlags } from './flags.ts';

/** `sensitivity SUITE`: which unknown numbers an answer depends on, and where it would be another. */
export async function perform(
  [word = '']: readonly string[],
  flags: SensitivityFlags,
): Promise<number> {
  const result = await sensitivity(word, flags);
  if (flags.html !== undefined) {
    const { renderSensitivityHtml } = await import('../../../report/sensitivity/page.ts');
    writeOut('--html', flags.html, await renderSensitivityHtml(result));
  }
  print(flags.json ? jsonText(result) : renderSensitivity(result));
  return EXIT_CODES.ok;
}

function oneSuite(word: string): Suite {
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

async function sensitivity(word: string, flags: SensitivityFlags): Promise<SensitivityResult> {
  const suite = oneSuite(word);
  const machine = named('machine', flags.machine ?? suite.machines[0]!, MACHINES);
  const before = selectStrategy(suite.baseline);
  const other = flags.strategy ?? suite.strategies.find((id) => id !== before.id);
  if (other === undefined || other === before.id) {
    const cause = `there is nothing to compare with the baseline ${before.id}`;
    throw new UserError('usage', suite.file, cause, 'Name another strategy with --strategy');
  }
  const after = selectStrategy(other);
  const result = await analyseSensitivity(
    { suite, machine, before, after, suites: shippedSuites() },
    (cells) => runCells(cells, flags),
  );
  if (result !== undefined) return result;
  throw new Error('no draw of the unknowns can meet the calibration');
}
