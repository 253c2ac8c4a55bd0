import type { CellResult, Interval } from '../run/results.ts';
import { pairedSaving } from '../statistics/paired-saving.ts';
import { prngFor } from '../util/prng.ts';

/** What a change saves in one scenario on one machine, in modelled ns per round trip. */
export interface ScenarioSaving {
  readonly scenario: string;
  readonly machine: string;
  readonly savingNs: Interval;
  /** 1 - after / before. */
  readonly savingRatio: Interval;
}

/** Seed of the intervals. Fixed, so that the same cells give the same numbers. */
const INTERVAL_SEED = 1;

/** Cells by scenario and machine, in the order in which they came. */
function bySetup(cells: readonly CellResult[]): Map<string, CellResult[]> {
  const setups = new Map<string, CellResult[]>();
  for (const cell of cells) {
    const name = `${cell.scenario} on ${cell.machine}`;
    const known = setups.get(name);
    if (known === undefined) setups.set(name, [cell]);
    else known.push(cell);
  }
  return setups;
}

/** What one strategy saves against another, seed by seed, in each scenario that both ran. */
export function savingsBetween(
  cells: readonly CellResult[],
  before: string,
  after: string,
): ScenarioSaving[] {
  return [...bySetup(cells)].flatMap(([name, own]) => {
    const times = (strategy: string) =>
      new Map(
        own.filter((cell) => cell.strategy === strategy).map((cell) => [cell.seed, cell.meanNs]),
      );
    const second = times(after);
    const pairs = [...times(before)].flatMap(([seed, first]) => {
      const other = second.get(seed);
      return other === undefined ? [] : [{ first, other }];
    });
    const example = own[0];
    if (pairs.length === 0 || example === undefined) return [];
    const saving = pairedSaving({
      before: pairs.map((pair) => pair.first),
      after: pairs.map((pair) => pair.other),
      nextUint32: prngFor(INTERVAL_SEED, `${name}: ${after} against ${before}`).nextUint32,
    });
    const { scenario, machine } = example;
    return [{ scenario, machine, ...pointsOf(saving) }];
  });
}

function pointsOf(saving: ReturnType<typeof pairedSaving>) {
  const plain = ({ point, low, high }: Interval): Interval => ({ point, low, high });
  return { savingNs: plain(saving.savingNs), savingRatio: plain(saving.savingRatio) };
}
