import type { CellResult, Interval, StaleHits } from '../run/results.ts';
import { isEquivalent } from '../statistics/equivalence.ts';
import { pairedSaving } from '../statistics/paired-saving.ts';
import { prngFor } from '../util/prng.ts';
import { type MatchedCells, matchCells, type Side, type Subject } from './match-cells.ts';

/**
 * What a comparison says. `same`: equal to the last digit. `equivalent`: the whole interval lies
 * within the bound. `faster`, `slower`: it lies on one side of 0 and not within the bound.
 * `undecided`: anything else. `unsafe`: only the second side used stale translations.
 */
export type ComparisonVerdict =
  | 'same'
  | 'equivalent'
  | 'faster'
  | 'slower'
  | 'undecided'
  | 'unsafe';

/** One scenario on both sides. Times are modelled nanoseconds per round trip. */
export interface ComparedScenario {
  readonly scenario: string;
  readonly before: Subject;
  readonly after: Subject;
  /** Pairs of the same seed. */
  readonly seeds: number;
  /** Pairs whose every round trip took equally long. */
  readonly equalSeeds: number;
  readonly beforeNs: number;
  readonly afterNs: number;
  /** Before minus after: positive is faster. Null with fewer than two pairs. */
  readonly savingNs: Interval | null;
  /** 1 - after / before. */
  readonly savingRatio: Interval | null;
  readonly staleHitsBefore: number;
  readonly staleHitsAfter: number;
  readonly verdict: ComparisonVerdict;
}

/** What two sides have in common, scenario by scenario. */
export interface RunComparison {
  readonly before: string;
  readonly after: string;
  /** Bound of "no difference", as a share of the time before. */
  readonly withinRatio: number;
  readonly scenarios: readonly ComparedScenario[];
  /** What weakens the comparison, in sentences. */
  readonly remarks: readonly string[];
}

/** Seed of the bootstrap; fixed, so that the same runs give the same text. */
const INTERVAL_SEED = 1;
const FEWEST_PAIRS = 2;

/**
 * Compares two sides scenario by scenario, paired by seed. `withinRatio` is the difference that
 * nobody would care about: 0.01 is 1 %. Throws UserError('usage') when they share nothing.
 */
export function compareRuns(before: Side, after: Side, withinRatio: number): RunComparison {
  const { matched, remarks } = matchCells(before, after);
  const scenarios = matched.map((each) => compareScenario(each, withinRatio));
  const lonely = scenarios.filter((each) => each.seeds < FEWEST_PAIRS);
  const few = lonely.map(
    ({ scenario, seeds, after: { strategy } }) =>
      `${scenario} with ${strategy} has ${seeds} seeds in common and needs two: give both runs the same --seeds`,
  );
  return {
    before: before.label,
    after: after.label,
    withinRatio,
    scenarios,
    remarks: [...few, ...remarks],
  };
}

function compareScenario(matched: MatchedCells, withinRatio: number): ComparedScenario {
  const { scenario, before, after, pairs } = matched;
  const saving = savingOf(matched);
  const stale = (side: 'before' | 'after') =>
    pairs.reduce((sum, pair) => sum + staleTotal(pair[side].staleHits), 0);
  const mean = (side: 'before' | 'after') =>
    pairs.reduce((sum, pair) => sum + pair[side].meanNs, 0) / pairs.length;
  const facts = {
    seeds: pairs.length,
    equalSeeds: pairs.filter((pair) => isEqual(pair.before, pair.after)).length,
    savingRatio: saving?.savingRatio ?? null,
    staleHitsBefore: stale('before'),
    staleHitsAfter: stale('after'),
  };
  return {
    scenario,
    before,
    after,
    beforeNs: mean('before'),
    afterNs: mean('after'),
    savingNs: saving?.savingNs ?? null,
    ...facts,
    verdict: verdictOf(facts, withinRatio),
  };
}

function savingOf({ scenario, after, pairs }: MatchedCells) {
  if (pairs.length < FEWEST_PAIRS) return undefined;
  // The stream of the report of a run, so that both show the same interval.
  const stream = `intervals of ${scenario} on ${after.machine}, ${after.strategy}, saving`;
  return pairedSaving({
    before: pairs.map((pair) => pair.before.meanNs),
    after: pairs.map((pair) => pair.after.meanNs),
    nextUint32: prngFor(INTERVAL_SEED, stream).nextUint32,
  });
}

type Facts = Pick<
  ComparedScenario,
  'seeds' | 'equalSeeds' | 'savingRatio' | 'staleHitsBefore' | 'staleHitsAfter'
>;

function verdictOf(facts: Facts, withinRatio: number): ComparisonVerdict {
  const { seeds, equalSeeds, savingRatio } = facts;
  if (facts.staleHitsAfter > 0 && facts.staleHitsBefore === 0) return 'unsafe';
  if (savingRatio === null) return 'undecided';
  if (equalSeeds === seeds) return 'same';
  if (isEquivalent(savingRatio, withinRatio)) return 'equivalent';
  const { low, high } = savingRatio;
  if (low > 0) return 'faster';
  return high < 0 ? 'slower' : 'undecided';
}

function isEqual(before: CellResult, after: CellResult): boolean {
  return (
    before.meanNs === after.meanNs &&
    before.tripNs.length === after.tripNs.length &&
    before.tripNs.every((ns, index) => ns === after.tripNs[index])
  );
}

function staleTotal({ host, crossVm, guest }: StaleHits): number {
  return host + crossVm + guest;
}
