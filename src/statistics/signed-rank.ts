import { normalCdf } from './normal.ts';

/** Differences without a sign are dropped, as Wilcoxon did. */
export interface SignedRankTest {
  /** Sum of the ranks of the positive differences; ties have the mean of their ranks. */
  readonly positiveRankSum: number;
  /** Two-sided p-value. */
  readonly p: number;
  /** Differences that are not 0. */
  readonly count: number;
}

/** Beyond, the normal approximation agrees to 1e-4 of the p-value's scale. */
const MOST_FOR_EXACT = 300;

/** Twice the mid-rank of each magnitude: whole numbers, ties included. */
function doubledMidRanks(magnitudes: readonly number[]): number[] {
  const order = magnitudes.map((_, index) => index);
  order.sort((a, b) => magnitudes[a]! - magnitudes[b]!);
  const ranks = new Array<number>(magnitudes.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && magnitudes[order[to]!] === magnitudes[order[from]!]) to++;
    for (let at = from; at < to; at++) ranks[order[at]!] = from + 1 + to;
    from = to;
  }
  return ranks;
}

/** Chance of a rank sum as small as `smaller`, every combination of signs counted. */
function exactTail(ranks: readonly number[], total: number, smaller: number): number {
  // Halving as we go keeps the chances finite for any count.
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let reached = 0;
  for (const rank of ranks) {
    for (let sum = reached + rank; sum >= 0; sum--) {
      const without = sum <= reached ? chance[sum]! : 0;
      const including = sum >= rank ? chance[sum - rank]! : 0;
      chance[sum] = (without + including) / 2;
    }
    reached += rank;
  }
  let tail = 0;
  for (let sum = 0; sum <= smaller; sum++) tail += chance[sum]!;
  return tail;
}

/** The same from a normal distribution of that mean and variance. */
function normalTail(ranks: readonly number[], total: number, smaller: number): number {
  const squares = ranks.reduce((sum, rank) => sum + rank * rank, 0);
  return normalCdf((smaller - total / 2) / Math.sqrt(squares / 4));
}

/**
 * Wilcoxon's signed-rank test of paired differences, two-sided (F. Wilcoxon, Biometrics Bulletin 1(6),
 * 1945). Exact up to 300 differences, given the ties; beyond, by the normal approximation.
 */
export function signedRankTest(differences: readonly number[]): SignedRankTest {
  if (differences.some((value) => !Number.isFinite(value))) {
    throw new RangeError('signed-rank test: a difference is not a finite number');
  }
  const signed = differences.filter((value) => value !== 0);
  if (signed.length === 0) return { positiveRankSum: 0, p: 1, count: 0 };
  const ranks = doubledMidRanks(signed.map(Math.abs));
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const positive = ranks.reduce((sum, rank, i) => sum + (signed[i]! > 0 ? rank : 0), 0);
  const smaller = Math.min(positive, total - positive);
  const tailOf = signed.length <= MOST_FOR_EXACT ? exactTail : normalTail;
  const p = Math.min(1, 2 * tailOf(ranks, total, smaller));
  return { positiveRankSum: positive / 2, p, count: signed.length };
}
