import { MACHINES } from '../../../hardware/presets/index.ts';
import { STRATEGIES } from '../../../hypervisor/strategies.ts';
import type { ListedSuite } from '../../../suite/suite-index.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { definition, nameColumns } from '../../../util/wrap.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { listShippedSuites } from '../../select/listed-suites.ts';
import type { ListFlags } from './flags.ts';

/** `list`: everything that has a name. */
export async function perform(_: readonly string[], { json }: ListFlags): Promise<number> {
  const suites = await listShippedSuites();
  print(json ? listJson(suites) : listText(suites));
  return EXIT_CODES.ok;
}

function listJson(suites: readonly ListedSuite[]): string {
  const listed = {
    suites: suites.map((suite) => ({
      id: suite.id,
      group: suite.group,
      ...(suite.family === undefined ? {} : { family: suite.family }),
      question: suite.question,
      machines: suite.machines,
      strategies: suite.strategies,
      baseline: suite.baseline,
    })),
    strategies: STRATEGIES,
    machines: MACHINES.map((machine) => ({
      id: machine.id,
      name: machine.name,
      vendor: machine.vendor,
      referencePart: machine.referencePart,
    })),
  };
  return jsonText(listed);
}

interface Entry {
  readonly name: string;
  readonly text: string;
}

function listText(suites: readonly ListedSuite[]): string {
  const groups = [...new Set(suites.map((suite) => suite.group))];
  const sections = groups.map((group) =>
    section(`Suites of group ${group}`, entriesOf(suites.filter((suite) => suite.group === group))),
  );
  sections.push(
    section(
      'Strategies',
      STRATEGIES.map((strategy) => ({ name: strategy.id, text: strategy.summary })),
    ),
    section(
      'Machines',
      MACHINES.map((machine) => ({
        name: machine.id,
        text: `${machine.name} (${machine.referencePart})`,
      })),
    ),
  );
  return sections.join('\n');
}

/** A sweep is one entry, however many points it has. */
function entriesOf(suites: readonly ListedSuite[]): Entry[] {
  const names = [...new Set(suites.map((suite) => suite.family ?? suite.id))];
  return names.map((name) => {
    const points = suites.filter((suite) => (suite.family ?? suite.id) === name);
    const count = points.length === 1 ? '' : ` (${points.length} points)`;
    return { name, text: `${points[0]?.question ?? ''}${count}` };
  });
}

function section(title: string, entries: readonly Entry[]): string {
  const columns = nameColumns(entries.map((entry) => entry.name));
  const lines = entries.map((entry) => definition(entry.name, entry.text, columns));
  return `${title}\n${lines.join('\n')}\n`;
}
