import type { Interval } from '../../run/results.ts';
import type { WholeSaving } from '../../run/whole-saving.ts';
import {
  formatNs,
  formatNumber,
  formatRatio,
  formatRatioInterval,
  formatRatioSpan,
  type NumberStyle,
  PAGE,
} from '../blocks/numbers.ts';
import { capitalised, withArticle } from '../blocks/words.ts';
import { overWords, strategyWords, tripWords } from '../names.ts';
import { safetySentence } from '../safety.ts';
import { couldShow } from './limits.ts';
import { comparisonOf, isFitted, type ReportModel, safetyIn, wholeSaving } from './model.ts';
import { isUnsafe, staleHitsOf, staleInWords, staleTotal } from './stale.ts';

type Direction = 'saves' | 'costs' | 'undecided';

/** What the whole interval says; `undecided` when it contains zero. */
export function direction(saving: Interval): Direction {
  if (saving.low > 0) return 'saves';
  return saving.high < 0 ? 'costs' : 'undecided';
}

/** The answer to the headline's question: saving with its whole interval, and what else bounds it. */
export function answerSentence(model: ReportModel, style: NumberStyle = PAGE): string {
  const { scenario } = model.headline;
  const clauses = [
    `On ${scenario.machine} ${effectClause(model, style)}`,
    ...avicClause(model),
    ...calibrationClause(model),
    ...spanClause(model, style),
    ...staleClause(model, style),
  ];
  return `${clauses.join('; ')}.`;
}

/** What the checker says of the strategy and of its baseline, and what this run could have shown. */
export function verdictSentence(model: ReportModel): string {
  const { strategy, baseline } = model.headline.comparison;
  return `${safetySentence(safetyIn(model, strategy), safetyIn(model, baseline))} ${couldShow(model)}`;
}

/**
 * The finding in a few words, for the title: "A CPUID exit gets 576 ns shorter", or what is saved over all that was
 * predicted. A strategy that used a stale translation is called unsafe and not fast.
 */
export function findingTitle(model: ReportModel, style: NumberStyle = PAGE): string {
  const { scenario, comparison } = model.headline;
  if (isUnsafe(model, comparison.strategy)) {
    return `${comparison.strategy} is unsafe: it used stale translations`;
  }
  const all = predictedSavings(model);
  const words = strategyWords(comparison.strategy);
  if (all.length > 1 && all.every(({ verdict }) => verdict === 'saves')) {
    const low = Math.min(...all.map(({ ratio }) => ratio.low));
    const high = Math.max(...all.map(({ ratio }) => ratio.high));
    const span = formatRatioInterval(low, high, style);
    return `${capitalised(words.subject)} save${words.plural ? '' : 's'} ${span}, by workload`;
  }
  const trip = capitalised(withArticle(tripWords(scenario).trip));
  const { ns, ratio } = wholeSaving(model, scenario, comparison);
  switch (direction(ratio)) {
    case 'saves':
      return `${trip} gets ${formatNs(ns.point, style)} shorter`;
    case 'costs':
      return `${trip} gets ${formatNs(-ns.point, style)} longer`;
    case 'undecided':
      return `${trip} takes as long as before`;
  }
}

/** Of the headline's strategy in every scenario that the model was not fitted to; else in all. */
function predictedSavings(model: ReportModel): readonly WholeSaving[] {
  const { strategy } = model.headline.comparison;
  const all = model.ranked.flatMap((scenario) => {
    const comparison = comparisonOf(scenario, strategy);
    if (comparison === undefined) return [];
    const saving = wholeSaving(model, scenario, comparison);
    return [{ saving, isFitted: isFitted(model, scenario) }];
  });
  const predicted = all.filter((each) => !each.isFitted);
  return (predicted.length === 0 ? all : predicted).map(({ saving }) => saving);
}

function effectClause(model: ReportModel, style: NumberStyle): string {
  const { scenario, comparison } = model.headline;
  const words = strategyWords(comparison.strategy);
  const { trip, setup } = tripWords(scenario);
  const { ns, ratio, over } = wholeSaving(model, scenario, comparison);
  const { point, low, high } = ratio;
  const interval = (from: number, to: number): string =>
    `95${style.gap}% interval ${formatRatioInterval(from, to, style)} over ${overWords(over)}`;
  switch (direction(ratio)) {
    case 'saves': {
      const share = `${formatRatio(point, style)}, ${interval(low, high)}`;
      const verb = words.plural ? 'save' : 'saves';
      return `${words.withId} ${verb} ${formatNs(ns.point, style)} (${share}) of each ${trip}${setup}`;
    }
    case 'costs': {
      const share = `${formatRatio(-point, style)}, ${interval(-high, -low)}`;
      const verb = words.plural ? 'add' : 'adds';
      return `${words.withId} ${verb} ${formatNs(-ns.point, style)} (${share}) to each ${trip}${setup}`;
    }
    case 'undecided': {
      const verb = words.plural ? 'make' : 'makes';
      const share = `saving ${formatRatio(point, style)}, ${interval(low, high)}`;
      return `${words.withId} ${verb} no clear difference to ${withArticle(trip)}${setup} (${share})`;
    }
  }
}

/** The one scenario whose result was fitted must not pass for a prediction, nor a guess for a fit. */
function calibrationClause(model: ReportModel): readonly string[] {
  const { scenario } = model.headline;
  const { calibratedOn } = model.manifest;
  if (calibratedOn.machine !== scenario.machine) {
    return [
      `no measurement supports ${scenario.machine}, which takes over the fit of ${calibratedOn.machine}`,
    ];
  }
  return calibratedOn.scenario === scenario.id
    ? ['this is the setup that the model was fitted to']
    : [];
}

function spanClause(model: ReportModel, style: NumberStyle): readonly string[] {
  const { strategy } = model.headline.comparison;
  const all = predictedSavings(model);
  if (all.length < 2) return [];
  const low = Math.min(...all.map(({ ratio }) => ratio.low));
  const high = Math.max(...all.map(({ ratio }) => ratio.high));
  const { plural } = strategyWords(strategy);
  const it = plural ? 'they' : 'it';
  const machines = new Set(model.scenarios.map((scenario) => scenario.machine)).size;
  const what = machines > 1 ? 'predicted scenarios and machines' : 'predicted scenarios';
  const over = `over ${formatNumber(all.length, style)} ${what} ${it}`;
  const s = plural ? '' : 's';
  if (low >= 0) return [`${over} save${s} ${formatRatioSpan(low, high, style)}`];
  if (high <= 0) return [`${over} cost${s} ${formatRatioSpan(-high, -low, style)}`];
  const loss = formatRatio(-low, style);
  return [
    `${over} do${plural ? '' : 'es'} between ${loss} worse and ${formatRatio(high, style)} better`,
  ];
}

/**
 * What the strategy no longer flushes at a nested #VMEXIT, AVIC flushes all the same. The run says
 * nothing of hosts that use it, unless its behaviours say that they are such hosts'.
 */
function avicClause(model: ReportModel): readonly string[] {
  const { scenario, comparison } = model.headline;
  const behaviourOf = (id: string): Readonly<Record<string, string>> =>
    model.manifest.strategies.find((each) => each.id === id)?.behaviour ?? {};
  const before = behaviourOf(comparison.baseline);
  const after = behaviourOf(comparison.strategy);
  const dropsFlush =
    before.nestedTransition === 'flush-and-sync' && after.nestedTransition === 'as-needed';
  if (!dropsFlush || after.avic !== 'not-in-use') return [];
  if (direction(wholeSaving(model, scenario, comparison).ratio) !== 'saves') return [];
  return [
    "half of it or more may be gone where guests use AVIC, which flushes L1's ASID at each nested " +
      '#VMEXIT (suite cpuid-avic)',
  ];
}

/** A run that did use stale translations says so; that one did not is no news and no proof. */
function staleClause(model: ReportModel, style: NumberStyle): readonly string[] {
  const { strategy } = model.headline.comparison;
  const { plural } = strategyWords(strategy);
  const hits = staleHitsOf(model, strategy);
  if (staleTotal(hits) === 0) return [];
  const unsafe = plural ? 'they are unsafe and their' : 'it is unsafe and its';
  const verb = staleTotal(hits) === 1 ? 'was' : 'were';
  return [`but ${staleInWords(hits, style)} ${verb} used, so ${unsafe} times count for nothing`];
}
