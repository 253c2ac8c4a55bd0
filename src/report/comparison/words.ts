import type {
  ComparedScenario,
  ComparisonVerdict,
  RunComparison,
} from '../../compare/compare-runs.ts';
import { ASCII, formatBrackets, formatNumber, formatRatio } from '../blocks/numbers.ts';
import { counted, listed } from '../blocks/words.ts';

/** What was found, with its interval: `faster by 14.8 % [14.6, 15.0]`. ASCII. */
export function verdictWords(each: ComparedScenario, withinRatio: number): string {
  const { savingRatio } = each;
  switch (each.verdict) {
    case 'same':
      return 'no difference (identical)';
    case 'equivalent':
      return `no difference (within ${limitWords(withinRatio)})`;
    case 'unsafe':
      return `UNSAFE: ${counted(each.staleHitsAfter, 'stale hit')}`;
    default:
      return savingRatio === null
        ? 'cannot tell (too few pairs)'
        : changeWords(each.verdict, savingRatio);
  }
}

function changeWords(
  verdict: ComparisonVerdict,
  ratio: NonNullable<ComparedScenario['savingRatio']>,
): string {
  const { point, low, high } = ratio;
  if (verdict === 'faster')
    return `faster by ${formatRatio(point, ASCII)} ${formatBrackets(low, high)}`;
  if (verdict === 'slower')
    return `slower by ${formatRatio(-point, ASCII)} ${formatBrackets(-high, -low)}`;
  return `cannot tell, saves ${formatBrackets(low, high)} %`;
}

/** `12 faster, 20 no difference and 4 can't be told apart`. */
export function countsWords({ scenarios }: RunComparison): string {
  const count = (...verdicts: readonly ComparisonVerdict[]): number =>
    scenarios.filter((each) => verdicts.includes(each.verdict)).length;
  const parts = [
    { number: count('unsafe'), words: 'unsafe' },
    { number: count('slower'), words: 'slower' },
    { number: count('faster'), words: 'faster' },
    { number: count('same', 'equivalent'), words: 'with no difference' },
    { number: count('undecided'), words: 'open' },
  ].filter((part) => part.number > 0);
  return listed(parts.map(({ number, words }) => `${number} ${words}`));
}

/** A limit that somebody has set, with the digits that they gave it: `1 %`. */
export function limitWords(ratio: number): string {
  return `${Number((ratio * 100).toFixed(6))} %`;
}

/** One sentence that answers what was asked. */
export function comparisonAnswer(comparison: RunComparison): string {
  const { scenarios, withinRatio } = comparison;
  const equal = scenarios.reduce((sum, each) => sum + each.equalSeeds, 0);
  const pairs = scenarios.reduce((sum, each) => sum + each.seeds, 0);
  if (scenarios.every((each) => each.verdict === 'same')) {
    return `No difference: all ${formatNumber(pairs, ASCII)} pairs of cells are the same to the last digit.`;
  }
  return (
    `Of ${counted(scenarios.length, 'comparison')}: ${countsWords(comparison)}. "No difference" means within ` +
    `${limitWords(withinRatio)}. ${formatNumber(equal, ASCII)} of ${formatNumber(pairs, ASCII)} pairs of ` +
    'cells are the same to the last digit. In brackets: 95 % over seeds.'
  );
}

/** What tells this comparison from the others: scenario, and what else varies. */
export function comparisonName(comparison: RunComparison, each: ComparedScenario): string {
  const { scenarios } = comparison;
  const part = (kind: 'machine' | 'strategy'): string => {
    const before = each.before[kind];
    const after = each.after[kind];
    if (before !== after) return '';
    return new Set(scenarios.map((other) => other.before[kind])).size > 1 ? before : '';
  };
  return [each.scenario, part('machine'), part('strategy')].filter((word) => word !== '').join(' ');
}

/** `kvm-6.14 in reports/a`: what stands on one side. */
export function sideWords(comparison: RunComparison, side: 'before' | 'after'): string {
  const { scenarios } = comparison;
  const own = (['strategy', 'machine'] as const).flatMap((kind) =>
    scenarios.every((each) => each.before[kind] !== each.after[kind])
      ? [scenarios[0]?.[side][kind] ?? '']
      : [],
  );
  return own.length === 0 ? comparison[side] : `${own.join(' on ')} in ${comparison[side]}`;
}
