import { isEquivalent } from '../statistics/equivalence.ts';
import type { Expectation } from '../suite/suite.ts';
import type { Comparison, ExpectationOutcome, Interval, StaleHits } from './results.ts';

/** What is known of one scenario on one machine when its expectations are judged. */
export interface ScenarioEvidence {
  readonly comparisons: readonly Comparison[];
  /** By strategy, the baseline included, summed over seeds; a strategy without results is absent. */
  readonly staleHits: ReadonlyMap<string, StaleHits>;
  /** Every strategy of the run. An expectation about any other was taken out by the user. */
  readonly strategiesOfRun: readonly string[];
  /** Those that the suite itself names; any other variant was made by the user. */
  readonly strategiesOfSuite: readonly string[];
  /** What the second saves against the first on the same seeds; undefined without two seeds of both. */
  readonly pairedSavingNs: (other: string, strategy: string) => Interval | undefined;
}

const ns = (value: number) => value.toFixed(1);
const percent = (ratio: number) => (100 * ratio).toFixed(2);

function intervalText({ low, high }: Interval, format: (value: number) => string): string {
  return `${format(low)} to ${format(high)}`;
}

function savingText({ savingNs, savingRatio, seeds }: Comparison): string {
  const point = `saves ${ns(savingNs.point)} ns (${percent(savingRatio.point)} %)`;
  if (seeds < 2) return `${point}; one seed, so no interval`;
  return `${point}; 95 % interval ${intervalText(savingNs, ns)} ns, ${intervalText(savingRatio, percent)} %`;
}

/** Whether `holds` of the strategy's comparison, which needs two seeds to have an interval. */
function judgeSaving(
  text: string,
  strategy: string,
  evidence: ScenarioEvidence,
  holds: (comparison: Comparison) => boolean,
): ExpectationOutcome {
  const comparison = evidence.comparisons.find((entry) => entry.strategy === strategy);
  if (comparison === undefined) return { text, met: false, detail: 'no results to compare' };
  const met = comparison.seeds >= 2 && holds(comparison);
  return { text, met, detail: savingText(comparison) };
}

function judgeStaleHits(
  strategies: readonly string[],
  evidence: ScenarioEvidence,
): ExpectationOutcome {
  const text = `no stale translation is used by ${strategies.join(', ')}`;
  const found = strategies.map((strategy) => {
    const hits = evidence.staleHits.get(strategy);
    if (hits === undefined) return { clean: false, detail: `${strategy}: no results` };
    const total = hits.host + hits.crossVm + hits.guest;
    const detail = `${strategy}: ${hits.host} of host memory, ${hits.crossVm} of another VM, ${hits.guest} inside L1`;
    return { clean: total === 0, detail };
  });
  const unclean = found.filter((entry) => !entry.clean);
  if (unclean.length === 0) return { text, met: true, detail: 'none in any measured trip' };
  return { text, met: false, detail: unclean.map((entry) => entry.detail).join('; ') };
}

/** `rfc-2025-03+invlpga=as-invlpg` is a variant of `rfc-2025-03` and owes what that owes. */
function runsOf(strategy: string, evidence: ScenarioEvidence): string[] {
  const { strategiesOfRun, strategiesOfSuite } = evidence;
  return strategiesOfRun.filter(
    (each) =>
      each === strategy ||
      (each.startsWith(`${strategy}+`) &&
        !strategiesOfSuite.includes(each) &&
        evidence.staleHits.has(each)),
  );
}

function judge(expected: Expectation, evidence: ScenarioEvidence): ExpectationOutcome[] {
  if ('staleHits' in expected) {
    const strategies = expected.strategies.flatMap((each) => runsOf(each, evidence));
    return strategies.length === 0 ? [] : [judgeStaleHits(strategies, evidence)];
  }
  if ('savesMoreThan' in expected && !evidence.strategiesOfRun.includes(expected.savesMoreThan)) {
    return [];
  }
  return runsOf(expected.strategy, evidence).map((strategy) =>
    judgeOne(expected, strategy, evidence),
  );
}

function judgeOne(
  expected: Exclude<Expectation, { staleHits: 'none' }>,
  strategy: string,
  evidence: ScenarioEvidence,
): ExpectationOutcome {
  if ('saves' in expected) {
    return judgeSaving(`${strategy} saves time`, strategy, evidence, ({ savingNs }) => {
      return savingNs.low > 0;
    });
  }
  if ('costs' in expected) {
    return judgeSaving(`${strategy} costs time`, strategy, evidence, ({ savingNs }) => {
      return savingNs.high < 0;
    });
  }
  if ('savesMoreThan' in expected) {
    const { savesMoreThan: other } = expected;
    const more = evidence.pairedSavingNs(other, strategy);
    const text = `${strategy} saves more than ${other}`;
    if (more === undefined) return { text, met: false, detail: 'no two seeds of both to compare' };
    const detail = `${ns(more.point)} ns more; 95 % interval ${intervalText(more, ns)} ns`;
    return { text, met: more.low > 0, detail };
  }
  const limit = expected.savesAtMostRatio;
  const text = `${strategy} saves or costs at most ${percent(limit)} %`;
  return judgeSaving(text, strategy, evidence, ({ savingRatio }) => {
    return isEquivalent(savingRatio, limit);
  });
}

/**
 * Judges each expectation by whole 95 % intervals. Expectations about strategies that the run left
 * out are left out too; a strategy that should have run and has no results meets none.
 */
export function judgeExpectations(
  expectations: readonly Expectation[],
  evidence: ScenarioEvidence,
): ExpectationOutcome[] {
  return expectations.flatMap((expected) => judge(expected, evidence));
}
