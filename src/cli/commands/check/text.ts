import type { CheckResult } from '../../../checker/check.ts';
import type { WorldResult } from '../../../checker/check-world.ts';
import type { Remedy, Violation } from '../../../checker/findings.ts';
import { OBLIGATIONS } from '../../../checker/obligations.ts';
import { wrap } from '../../../util/wrap.ts';

const RULE = '-'.repeat(72);

/** What a check came to, in 80 columns. */
export function checkText(title: string, result: CheckResult, compared: boolean): string {
  const shown = compared ? result.violations.filter((each) => each.isNew) : result.violations;
  const older = result.violations.length - shown.length;
  const parts = [
    `${title}\n`,
    worldTable(result),
    ...shown.map((each, index) => violationText(each, index + 1, shown.length)),
    obligationText(result),
    verdict(result, shown.length, older, compared),
  ];
  return `${parts.join('\n')}\n`;
}

function worldTable(result: CheckResult): string {
  const head = row('world', 'states', 'steps', 'depth', 'exhausted', 'violations');
  const rows = result.worlds.map((world) => row(...worldCells(world)));
  return `${[head, ...rows].join('\n')}\n`;
}

function worldCells(world: WorldResult): [string, string, string, string, string, string] {
  return [
    world.world,
    count(world.states),
    count(world.steps),
    String(world.depth),
    world.exhaustive ? 'yes' : 'no',
    String(world.violations.length),
  ];
}

function row(...cells: readonly string[]): string {
  const [name = '', ...numbers] = cells;
  const widths = [11, 12, 6, 10, 11];
  return `  ${name.padEnd(16)}${numbers.map((cell, i) => cell.padStart(widths[i]!)).join('')}`;
}

function violationText(violation: Violation, number: number, of: number): string {
  const { obligation } = violation;
  const kind = ` [${violation.class}]`;
  const lines = [
    RULE,
    wrap(`Violation ${number} of ${of}: ${obligation}${kind}: ${OBLIGATIONS[obligation].must}`),
    wrap(`${violation.events} events in world ${violation.world}; ${pathsText(violation)}.`, '  '),
    '',
    `    world ${violation.world}`,
    ...violation.transcript.map((line) => `    ${line}`),
    '',
    remedyText(violation.remedies),
    '',
  ];
  return lines.join('\n');
}

function pathsText({ paths }: Violation): string {
  return paths === 1 ? 'one path' : `${count(paths)} paths come to the same`;
}

function remedyText(remedies: readonly Remedy[]): string {
  if (remedies.length === 0) return '  No single change of behaviour makes it harmless.';
  const changes = remedies.map(({ behaviour, value }) => `${behaviour}=${value}`).join(', ');
  return wrap(`Harmless with a single change: ${changes}.`, '  ');
}

function obligationText(result: CheckResult): string {
  const tested = result.obligations.filter((each) => each.states > 0);
  const never = result.obligations.filter((each) => each.states === 0);
  const lines = [
    RULE,
    'Obligations by the number of states whose last event put them to the test:',
    ...tested.map(
      ({ obligation, states }) => `  ${obligation.padEnd(20)}${count(states).padStart(12)}`,
    ),
  ];
  if (never.length > 0) {
    lines.push(wrap(`never: ${never.map((each) => each.obligation).join(', ')}`, '  '));
  }
  return `${lines.join('\n')}\n`;
}

function verdict(result: CheckResult, shown: number, older: number, compared: boolean): string {
  const bound = result.exhaustive
    ? 'Every state that these worlds can reach was seen.'
    : `Not every state was seen: some worlds only to ${result.depth} events.`;
  const what = compared ? 'violation that the base does not have' : 'violation';
  const found =
    shown === 0 ? `No ${what} was found.` : `${shown} ${what}${shown === 1 ? '' : 's'}.`;
  const rest = older === 0 ? '' : ` ${older} more are the base's too.`;
  return wrap(
    `${found}${rest} ${count(result.statesExplored)} states, ${count(result.stepsExplored)} ` +
      `events, ${count(result.randomSteps)} more at random. ${bound}`,
  );
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
