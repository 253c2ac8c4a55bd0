import type { CheckResult } from '../../../checker/check.ts';
import type { WorldResult } from '../../../checker/check-world.ts';
import type { Remedy, Violation } from '../../../checker/findings.ts';
import { OBLIGATIONS } from '../../../checker/obligations.ts';
import { type Safety, safetyClause } from '../../../report/safety.ts';
import { wrap } from '../../../util/wrap.ts';

const RULE = '-'.repeat(72);

/** What a strategy is compared with, and how the search for what is new in it ended. */
export interface Against {
  readonly base: Safety;
  /** It ended with the first one that is new. */
  readonly isFirstOnly: boolean;
}

/** What a check came to, in 80 columns. */
export function checkText(title: string, result: CheckResult, against: Against | null): string {
  const shown = against === null ? result.violations : newIn(result);
  const parts = [
    `${title}\n`,
    worldTable(result),
    ...shown.map((each, index) => violationText(each, index + 1, shown.length)),
    obligationText(result),
    ...(against === null ? [] : [comparisonText(result, against)]),
    verdict(result, against),
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

/** Violations that the base does not have. */
export function newIn({ violations }: CheckResult): readonly Violation[] {
  return violations.filter((each) => each.isNew);
}

/** How many are new, and those of the base in one line. */
function comparisonText(result: CheckResult, { base, isFirstOnly }: Against): string {
  const found = newIn(result).length;
  const { strategy } = base;
  const news =
    found === 0 ? `No violation is new against ${strategy}.` : `New against ${strategy}: ${found}.`;
  const ends =
    found > 0 && isFirstOnly ? ' The search ended with a shortest one; --all counts all.' : '';
  return `${wrap(news + ends)}\n${wrap(baseText(result, base), '  ')}\n`;
}

/** From the stored verdict, which covers every world; else what was met of the base here. */
function baseText(result: CheckResult, { strategy, verdict }: Safety): string {
  const met = result.violations.filter((each) => !each.isNew);
  const show = `check --quick --strategy ${strategy} shows them`;
  if (verdict === null) {
    const seen = met.length === 0 ? 'none was met here' : listOf(met.map((each) => each.world));
    return `${strategy} alone: not checked; ${seen}.`;
  }
  if (verdict.violations === 0) return `${strategy} alone: ${safetyClause({ strategy, verdict })}.`;
  const worlds = listOf(verdict.wrong.map(({ world }) => world));
  return `${strategy} alone: ${count(verdict.violations)} violations, in ${worlds}; ${show}.`;
}

function listOf(words: readonly string[]): string {
  return [...new Set(words)].join(', ');
}

function verdict(result: CheckResult, against: Against | null): string {
  const bound = result.exhaustive
    ? 'Every state that these worlds can reach was seen.'
    : `Not every state was seen: some worlds only to ${result.depth} events.`;
  const all = result.violations.length;
  const found =
    against !== null
      ? ''
      : all === 0
        ? 'No violation was found. '
        : `${all} violation${all === 1 ? '' : 's'}. `;
  return wrap(
    `${found}${count(result.statesExplored)} states, ${count(result.stepsExplored)} ` +
      `events, ${count(result.randomSteps)} more at random. ${bound}`,
  );
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
