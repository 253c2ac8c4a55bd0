import type { CellResult, Manifest } from '../run/results.ts';
import { suggest } from '../util/suggest.ts';
import { UserError } from '../util/user-error.ts';

/** One side of a comparison: a run, and which of its machines and strategies count. */
export interface Side {
  /** What the user calls it, for example its folder. */
  readonly label: string;
  readonly manifest: Manifest;
  readonly cells: readonly CellResult[];
  /** Ids of machines and strategies; without an id of a kind, all of that kind count. */
  readonly only: readonly string[];
}

/** What stands on either side of one comparison. */
export interface Subject {
  readonly machine: string;
  readonly strategy: string;
}

/** Cells of one scenario that are compared, in the same order of seeds on both sides. */
export interface MatchedCells {
  readonly scenario: string;
  readonly before: Subject;
  readonly after: Subject;
  readonly pairs: readonly { readonly before: CellResult; readonly after: CellResult }[];
}

export interface Matching {
  readonly matched: readonly MatchedCells[];
  /** What only one side has, and what weakens the comparison, in sentences. */
  readonly remarks: readonly string[];
}

type Kind = 'machine' | 'strategy';
const KINDS: readonly Kind[] = ['machine', 'strategy'];
const PLURAL = { scenario: 'scenarios', machine: 'machines', strategy: 'strategies' } as const;

/**
 * Finds what can be compared: same scenario, and same machine and strategy unless the sides are
 * told to differ, or have one each. Throws UserError('usage') when the sides share nothing.
 */
export function matchCells(before: Side, after: Side): Matching {
  const first = grouped(selected(before));
  const second = grouped(selected(after));
  const differs = {
    machine: kindDiffers('machine', first, second),
    strategy: kindDiffers('strategy', first, second),
  };
  const keyOf = (group: Group): string =>
    JSON.stringify([
      group.scenario,
      ...KINDS.filter((kind) => !differs[kind]).map((kind) => group[kind]),
    ]);
  const partners = new Map(second.map((group) => [keyOf(group), group]));
  const matched = first.flatMap((group) => {
    const partner = partners.get(keyOf(group));
    return partner === undefined ? [] : [paired(group, partner)];
  });
  if (matched.length === 0) throw nothingShared('scenario', first, second);
  const known = new Set(first.map(keyOf));
  const alone = [
    ...onlyOn(
      before,
      first.filter((group) => !partners.has(keyOf(group))),
      second,
    ),
    ...onlyOn(
      after,
      second.filter((group) => !known.has(keyOf(group))),
      first,
    ),
  ];
  return { matched, remarks: [...changedSuites(before, after, matched), ...alone] };
}

interface Group extends Subject {
  readonly scenario: string;
  readonly cells: readonly CellResult[];
}

/** The cells of a side that its ids leave over. */
function selected({ label, cells, only }: Side): readonly CellResult[] {
  const ids = {
    machine: new Set(cells.map((cell) => cell.machine)),
    strategy: new Set(cells.map((cell) => cell.strategy)),
  };
  const known = [...ids.machine, ...ids.strategy];
  for (const id of only) {
    if (known.includes(id)) continue;
    const close = suggest(id, known);
    const question = close === undefined ? '' : `Did you mean "${close}"? `;
    const cure = `${question}It has ${known.join(', ')}`;
    throw new UserError('usage', label, `no cell has a machine or strategy "${id}"`, cure);
  }
  return KINDS.reduce((rest: readonly CellResult[], kind) => {
    const wanted = only.filter((id) => ids[kind].has(id));
    return wanted.length === 0 ? rest : rest.filter((cell) => wanted.includes(cell[kind]));
  }, cells);
}

function grouped(cells: readonly CellResult[]): readonly Group[] {
  const groups = new Map<string, CellResult[]>();
  for (const cell of cells) {
    const key = JSON.stringify([cell.scenario, cell.machine, cell.strategy]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()].flatMap((group) => {
    const [cell] = group;
    if (cell === undefined) return [];
    const { scenario, machine, strategy } = cell;
    return [{ scenario, machine, strategy, cells: group }];
  });
}

/** Whether the sides are compared across a kind: each has one of it, and not the same. */
function kindDiffers(kind: Kind, first: readonly Group[], second: readonly Group[]): boolean {
  const before = new Set(first.map((group) => group[kind]));
  const after = new Set(second.map((group) => group[kind]));
  if ([...before].some((id) => after.has(id))) return false;
  if (before.size === 1 && after.size === 1) return true;
  throw nothingShared(kind, first, second);
}

function nothingShared(
  kind: Kind | 'scenario',
  first: readonly Group[],
  second: readonly Group[],
): UserError {
  const names = (groups: readonly Group[]) =>
    [...new Set(groups.map((group) => group[kind]))].join(', ');
  const cure =
    kind === 'scenario'
      ? 'Compare runs of the same suites'
      : `Name one ${kind} of each with --before and --after`;
  return new UserError(
    'usage',
    'compare',
    `the two sides have no ${kind} in common (${PLURAL[kind]}: ${names(first)}; and ${names(second)})`,
    cure,
  );
}

function paired(before: Group, after: Group): MatchedCells {
  const bySeed = new Map(after.cells.map((cell) => [cell.seed, cell]));
  const pairs = [...before.cells]
    .sort((a, b) => a.seed - b.seed)
    .flatMap((cell) => {
      const other = bySeed.get(cell.seed);
      return other === undefined ? [] : [{ before: cell, after: other }];
    });
  const subject = ({ machine, strategy }: Group): Subject => ({ machine, strategy });
  return { scenario: before.scenario, before: subject(before), after: subject(after), pairs };
}

/** What a side has alone: whole scenarios, machines and strategies first, then what is left over. */
function onlyOn(side: Side, alone: readonly Group[], others: readonly Group[]): string[] {
  let rest = alone;
  const remarks: string[] = [];
  for (const kind of ['scenario', ...KINDS] as const) {
    const shared = new Set(others.map((group) => group[kind]));
    const names = new Set(rest.map((group) => group[kind]).filter((name) => !shared.has(name)));
    if (names.size === 0) continue;
    rest = rest.filter((group) => !names.has(group[kind]));
    const noun = names.size === 1 ? kind : PLURAL[kind];
    remarks.push(`only ${side.label} has the ${noun} ${[...names].join(', ')}`);
  }
  const left = rest.map(
    ({ scenario, machine, strategy }) =>
      `only ${side.label} has ${scenario} on ${machine} with ${strategy}`,
  );
  return [...remarks, ...left];
}

/** The same seed is the same guest only where the suite is the same. */
function changedSuites(before: Side, after: Side, matched: readonly MatchedCells[]): string[] {
  const hash = (side: Side, id: string) =>
    side.manifest.scenarios.find((each) => each.id === id)?.suiteSha256;
  return [...new Set(matched.map((each) => each.scenario))]
    .filter((id) => hash(before, id) !== hash(after, id))
    .map((id) => `the suite file of ${id} differs, so its seeds are not the same guests`);
}
