import { sampleStandardDeviation } from 'simple-statistics';
import { equivalenceP } from '../statistics/equivalence.ts';
import { hodgesLehmann } from '../statistics/hodges-lehmann.ts';
import { holm } from '../statistics/holm.ts';
import { INTERVAL_LEVEL } from '../statistics/paired-saving.ts';
import { seedsForPrecision } from '../statistics/required-seeds.ts';
import { signFlipTest } from '../statistics/sign-flip.ts';
import { signedRankTest } from '../statistics/signed-rank.ts';
import type { PairedEvidence, ScenarioSummary } from './results.ts';

/** Half width and bound of equivalence, as a share of the time before. */
const PRECISION_RATIO = 0.01;

/** The centre takes every pair of seeds; with this many an interval says all. */
const MOST_SEEDS = 1000;

/**
 * What tests say about the pairs of one comparison, each alone: `signFlipHolmP` still equals
 * `signFlipP`. Undefined for fewer than two pairs and more than 1000.
 */
export function pairedEvidence(
  before: readonly number[],
  after: readonly number[],
  nextUint32: () => number,
): PairedEvidence | undefined {
  if (before.length < 2 || before.length > MOST_SEEDS) return undefined;
  const differences = before.map((value, index) => value - after[index]!);
  const meanBefore = before.reduce((sum, value) => sum + value, 0) / before.length;
  const { p } = signFlipTest(differences, nextUint32);
  return {
    hodgesLehmannNs: hodgesLehmann(differences),
    signFlipP: p,
    signFlipHolmP: p,
    signedRankP: signedRankTest(differences).p,
    equivalenceP: equivalenceP(differences, PRECISION_RATIO * meanBefore),
    seedsForOnePercent: seedsForPrecision(
      { deviation: sampleStandardDeviation(differences), count: differences.length },
      PRECISION_RATIO * meanBefore,
      INTERVAL_LEVEL,
    ),
  };
}

/** The same scenarios with p-values adjusted for all comparisons of the run (Holm). */
export function adjustedForFamily(scenarios: readonly ScenarioSummary[]): ScenarioSummary[] {
  const family = scenarios.flatMap(({ comparisons }) =>
    comparisons.flatMap(({ evidence }) => (evidence === undefined ? [] : [evidence.signFlipP])),
  );
  const adjusted = holm(family);
  let next = 0;
  return scenarios.map((scenario) => ({
    ...scenario,
    comparisons: scenario.comparisons.map((comparison) => {
      const { evidence } = comparison;
      if (evidence === undefined) return comparison;
      const signFlipHolmP = adjusted[next]!;
      next += 1;
      return { ...comparison, evidence: { ...evidence, signFlipHolmP } };
    }),
  }));
}
