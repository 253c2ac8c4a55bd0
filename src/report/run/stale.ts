import type { StaleHits } from '../../run/results.ts';
import { formatNumber, type NumberStyle, PAGE } from '../blocks/numbers.ts';
import type { ReportModel } from './model.ts';

const NONE: StaleHits = { host: 0, crossVm: 0, guest: 0 };

export function staleTotal(hits: StaleHits): number {
  return hits.host + hits.crossVm + hits.guest;
}

/** Stale hits of each strategy over all scenarios of a run, the baseline's counted once. */
export function staleByStrategy(
  model: ReportModel,
): readonly { readonly strategy: string; readonly hits: StaleHits }[] {
  return model.strategies.map((strategy) => {
    let hits = NONE;
    for (const scenario of model.scenarios) {
      const asBaseline = scenario.comparisons.find((each) => each.baseline === strategy);
      const asStrategy = scenario.comparisons.find((each) => each.strategy === strategy);
      const counted = asStrategy?.staleHits ?? asBaseline?.baselineStaleHits;
      if (counted !== undefined) hits = sum(hits, counted);
    }
    return { strategy, hits };
  });
}

/** Stale hits of one strategy over all scenarios of a run. */
export function staleHitsOf(model: ReportModel, strategy: string): StaleHits {
  return staleByStrategy(model).find((each) => each.strategy === strategy)?.hits ?? NONE;
}

/** A single stale hit makes a strategy unsafe; what it saves then counts for nothing. */
export function isUnsafe(model: ReportModel, strategy: string): boolean {
  return staleTotal(staleHitsOf(model, strategy)) > 0;
}

/** `12 stale translations (3 to memory that the host took back, 9 across VMs)`. */
export function staleInWords(hits: StaleHits, style: NumberStyle = PAGE): string {
  const total = staleTotal(hits);
  const classes = [
    { count: hits.host, words: 'to memory that the host took back' },
    { count: hits.crossVm, words: 'of another VM' },
    { count: hits.guest, words: 'inside one L1' },
  ].filter((each) => each.count > 0);
  const parts = classes.map((each) => `${formatNumber(each.count, style)} ${each.words}`);
  const noun = total === 1 ? 'stale translation' : 'stale translations';
  return `${formatNumber(total, style)} ${noun} (${parts.join(', ')})`;
}

function sum(a: StaleHits, b: StaleHits): StaleHits {
  return { host: a.host + b.host, crossVm: a.crossVm + b.crossVm, guest: a.guest + b.guest };
}
