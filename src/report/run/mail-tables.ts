import { CAUSES } from '../../cost/causes.ts';
import type { ScenarioSummary } from '../../run/results.ts';
import type { WholeSaving } from '../../run/whole-saving.ts';
import { ASCII, formatBrackets, formatNumber, formatRatio } from '../blocks/numbers.ts';
import { type TextColumn, tableWidth, textTable } from '../blocks/text-table.ts';
import { comparisonOf, isFitted, type ReportModel, wholeSaving } from './model.ts';
import { isUnsafe } from './stale.ts';

const left = (label: string): TextColumn => ({ label, align: 'left' });
const right = (label: string): TextColumn => ({ label, align: 'right' });
const ns = (value: number): string => formatNumber(value, ASCII);

/** The strategy that the mail is about. */
export function comparedStrategy(model: ReportModel): string {
  return model.headline.comparison.strategy;
}

/** Before, after and saving of the headline's strategy: a table for each machine. */
export function savingTables(model: ReportModel, width: number): readonly (readonly string[])[] {
  const strategy = comparedStrategy(model);
  return perMachine(model, (machine, scenarios) => {
    const columns = [
      left(machine),
      right('before'),
      right('after'),
      right('saved'),
      right('share'),
      right('95 % in all'),
    ];
    const rows = scenarios.flatMap((scenario) => {
      const found = comparisonOf(scenario, strategy);
      if (found === undefined) return [];
      const { before, after } = found;
      const saving = wholeSaving(model, scenario, found);
      return [
        [
          name(model, scenario),
          ns(before.point),
          ns(after.point),
          ns(saving.ns.point),
          formatRatio(saving.ratio.point, ASCII),
          openMark(saving, formatBrackets(saving.ratio.low, saving.ratio.high)),
        ],
      ];
    });
    return rows.length === 0 ? [] : [textTable(columns, rows, width)];
  });
}

/** What the other strategies save, as many side by side as fit. */
export function otherTables(model: ReportModel, width: number): readonly (readonly string[])[] {
  const own = comparedStrategy(model);
  const others = model.strategies.filter(
    (id) => id !== own && model.scenarios.some((each) => comparisonOf(each, id) !== undefined),
  );
  return perMachine(model, (machine, scenarios) => {
    const parts = (strategies: readonly string[]): Parts => ({
      columns: [left(machine), ...strategies.map((id) => right(unsafeMark(model, id)))],
      rows: scenarios.map((each) => [
        name(model, each),
        ...strategies.map((id) => saved(model, each, id)),
      ]),
    });
    const longest = scenarios.reduce((most, each) => Math.max(most, name(model, each).length), 0);
    const fits = (strategies: readonly string[]): boolean => {
      const { columns, rows } = parts(strategies);
      return tableWidth(columns, rows, longest) <= width;
    };
    return packed(others, fits).map((strategies) => {
      const { columns, rows } = parts(strategies);
      if (fits(strategies)) return textTable(columns, rows, width);
      // One name that is too long for a heading stands above its table.
      const title = columns[1]?.label ?? '';
      return [`${title}:`, ...textTable([left(machine), right('saved')], rows, width)];
    });
  });
}

interface Parts {
  readonly columns: readonly TextColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** The causes that change in the headline's scenario, the rest as one line, and the sum. */
export function causeTable(model: ReportModel, width: number): readonly string[] {
  const { scenario, comparison } = model.headline;
  const { ledgerBefore, ledgerAfter } = comparison;
  const row = (label: string, before: number, after: number): readonly string[] => [
    label,
    ...[before, after, before - after].map((cycles) => whole(cycles / scenario.frequencyGhz)),
  ];
  const changed = CAUSES.filter(({ id }) => ledgerBefore[id] !== ledgerAfter[id]);
  const total = (ledger: typeof ledgerBefore, all: readonly { id: keyof typeof ledgerBefore }[]) =>
    all.reduce((sum, { id }) => sum + ledger[id], 0);
  const same = CAUSES.filter((cause) => !changed.includes(cause));
  const rows = [
    ...changed.map(({ id, label }) => row(label, ledgerBefore[id], ledgerAfter[id])),
    row('All that stays the same', total(ledgerBefore, same), total(ledgerAfter, same)),
    row('Round trip', total(ledgerBefore, CAUSES), total(ledgerAfter, CAUSES)),
  ];
  const columns = [left(scenario.id), right('before'), right('after'), right('saved')];
  return textTable(columns, rows, width);
}

function perMachine(
  model: ReportModel,
  tables: (
    machine: string,
    scenarios: readonly ScenarioSummary[],
  ) => readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const scenarios = model.ranked;
  const machines = model.manifest.machines.map((each) => each.id);
  return machines.flatMap((machine) => {
    const own = scenarios.filter((each) => each.machine === machine);
    return own.length === 0 ? [] : tables(machine, own);
  });
}

/** Whole nanoseconds: digits of a cause beyond that would promise too much. */
function whole(nanoseconds: number): string {
  return formatNumber(Math.round(nanoseconds), ASCII);
}

function name(model: ReportModel, scenario: ScenarioSummary): string {
  return isFitted(model, scenario) ? `${scenario.id} [*]` : scenario.id;
}

function unsafeMark(model: ReportModel, strategy: string): string {
  return isUnsafe(model, strategy) ? `${strategy} (UNSAFE)` : strategy;
}

function saved(model: ReportModel, scenario: ScenarioSummary, strategy: string): string {
  const found = comparisonOf(scenario, strategy);
  if (found === undefined) return 'not run';
  const saving = wholeSaving(model, scenario, found);
  const { point, low, high } = saving.ratio;
  return openMark(saving, `${formatRatio(point, ASCII)} ${formatBrackets(low, high)}`);
}

/** A question mark where not even the sign is sure. */
function openMark({ verdict }: WholeSaving, text: string): string {
  return verdict === 'cannot tell' ? `${text}?` : text;
}

/** `items` in order, in groups that are as long as `fits` allows; at least one in each. */
function packed<T>(
  items: readonly T[],
  fits: (group: readonly T[]) => boolean,
): readonly (readonly T[])[] {
  const groups: T[][] = [];
  for (const item of items) {
    const last = groups[groups.length - 1];
    if (last !== undefined && fits([...last, item])) last.push(item);
    else groups.push([item]);
  }
  return groups;
}
