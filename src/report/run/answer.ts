import type { Interval, RunSummary } from '../../run/results.ts';
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
import { strategyWords, tripWords } from '../names.ts';
import { isUnsafe, staleHitsOf, staleInWords, staleTotal } from './stale.ts';
import { comparisonOf, headline } from './subject.ts';

type Direction = 'saves' | 'costs' | 'undecided';

/** What the whole interval says; `undecided` when it contains zero. */
export function direction(saving: Interval): Direction {
  if (saving.low > 0) return 'saves';
  return saving.high < 0 ? 'costs' : 'undecided';
}

/** The answer to the headline's question in one sentence, with its interval, range and safety. */
export function answerSentence(summary: RunSummary, style: NumberStyle = PAGE): string {
  const { scenario } = headline(summary);
  const clauses = [
    `On ${scenario.machine} ${effectClause(summary, style)}`,
    ...avicClause(summary),
    ...calibrationClause(summary),
    ...spanClause(summary, style),
    safetyClause(summary, style),
  ];
  return `${clauses.join('; ')}.`;
}

/**
 * The same in a few words, for the title: "A CPUID exit gets 576 ns shorter".
 * A strategy that used a stale translation is called unsafe and not fast.
 */
export function findingTitle(summary: RunSummary, style: NumberStyle = PAGE): string {
  const { scenario, comparison } = headline(summary);
  if (isUnsafe(summary, comparison.strategy)) {
    return `${comparison.strategy} is unsafe: it used stale translations`;
  }
  const trip = capitalised(withArticle(tripWords(scenario).trip));
  const saved = comparison.savingNs.point;
  switch (direction(comparison.savingRatio)) {
    case 'saves':
      return `${trip} gets ${formatNs(saved, style)} shorter`;
    case 'costs':
      return `${trip} gets ${formatNs(-saved, style)} longer`;
    case 'undecided':
      return `${trip} takes as long as before`;
  }
}

function effectClause(summary: RunSummary, style: NumberStyle): string {
  const { scenario, comparison } = headline(summary);
  const words = strategyWords(comparison.strategy);
  const { trip, setup } = tripWords(scenario);
  const { point, low, high } = comparison.savingRatio;
  const ns = comparison.savingNs.point;
  const interval = (from: number, to: number): string =>
    `95${style.gap}% interval over seeds ${formatRatioInterval(from, to, style)}`;
  switch (direction(comparison.savingRatio)) {
    case 'saves': {
      const share = `${formatRatio(point, style)}, ${interval(low, high)}`;
      const verb = words.plural ? 'save' : 'saves';
      return `${words.withId} ${verb} ${formatNs(ns, style)} (${share}) of each ${trip}${setup}`;
    }
    case 'costs': {
      const share = `${formatRatio(-point, style)}, ${interval(-high, -low)}`;
      const verb = words.plural ? 'add' : 'adds';
      return `${words.withId} ${verb} ${formatNs(-ns, style)} (${share}) to each ${trip}${setup}`;
    }
    case 'undecided': {
      const verb = words.plural ? 'make' : 'makes';
      const share = `saving ${formatRatio(point, style)}, ${interval(low, high)}`;
      return `${words.withId} ${verb} no clear difference to ${withArticle(trip)}${setup} (${share})`;
    }
  }
}

/** The one scenario whose result was fitted must not pass for a prediction, nor a guess for a fit. */
function calibrationClause(summary: RunSummary): readonly string[] {
  const { scenario } = headline(summary);
  const { calibratedOn } = summary.manifest;
  if (calibratedOn.machine !== scenario.machine) {
    return [
      `no measurement supports ${scenario.machine}, which takes over the fit of ${calibratedOn.machine}`,
    ];
  }
  return calibratedOn.scenario === scenario.id
    ? ['this is the setup that the model was fitted to']
    : [];
}

function spanClause(summary: RunSummary, style: NumberStyle): readonly string[] {
  const { strategy } = headline(summary).comparison;
  const points = summary.scenarios.flatMap((scenario) => {
    const comparison = comparisonOf(scenario, strategy);
    return comparison === undefined ? [] : [comparison.savingRatio.point];
  });
  if (points.length < 2) return [];
  const low = Math.min(...points);
  const high = Math.max(...points);
  const { plural } = strategyWords(strategy);
  const it = plural ? 'they' : 'it';
  const machines = new Set(summary.scenarios.map((scenario) => scenario.machine)).size;
  const what = machines > 1 ? 'scenarios and machines' : 'scenarios';
  const over = `over the ${formatNumber(points.length, style)} ${what} ${it}`;
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
function avicClause(summary: RunSummary): readonly string[] {
  const { comparison } = headline(summary);
  const behaviourOf = (id: string): Readonly<Record<string, string>> =>
    summary.manifest.strategies.find((each) => each.id === id)?.behaviour ?? {};
  const before = behaviourOf(comparison.baseline);
  const after = behaviourOf(comparison.strategy);
  const dropsFlush =
    before.nestedTransition === 'flush-and-sync' && after.nestedTransition === 'as-needed';
  if (!dropsFlush || after.avic !== 'not-in-use') return [];
  if (direction(comparison.savingRatio) !== 'saves') return [];
  return [
    "half of it or more may be gone where guests use AVIC, which flushes L1's ASID at each nested " +
      '#VMEXIT (suite cpuid-avic)',
  ];
}

function safetyClause(summary: RunSummary, style: NumberStyle): string {
  const { strategy } = headline(summary).comparison;
  const { plural } = strategyWords(strategy);
  const hits = staleHitsOf(summary, strategy);
  if (staleTotal(hits) === 0) return 'no stale translation was used in this run';
  const unsafe = plural ? 'they are unsafe and their' : 'it is unsafe and its';
  const verb = staleTotal(hits) === 1 ? 'was' : 'were';
  return `but ${staleInWords(hits, style)} ${verb} used, so ${unsafe} times count for nothing`;
}
