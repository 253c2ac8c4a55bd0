import { CAUSES } from '../../cost/causes.ts';
import type { Comparison } from '../../run/results.ts';
import { formatNs, formatRatio } from '../blocks/numbers.ts';
import { capitalised, counted, listed } from '../blocks/words.ts';
import { strategyWords, tripWords } from '../names.ts';
import { safetyClause } from '../safety.ts';
import { direction } from './answer.ts';
import { comparisonOf, type ReportModel, safetyIn, wholeSaving } from './model.ts';
import { isUnsafe } from './stale.ts';

type CauseGroup = (typeof CAUSES)[number]['group'];

/** Headings that say what was found; each is a sentence without its full stop. */
export function savingFinding(model: ReportModel): string {
  const { strategy } = model.headline.comparison;
  const words = strategyWords(strategy);
  if (isUnsafe(model, strategy)) return `${strategy} is unsafe, so its savings count for nothing`;
  const ratios = model.scenarios.flatMap((scenario) => {
    const comparison = comparisonOf(scenario, strategy);
    return comparison === undefined ? [] : [wholeSaving(model, scenario, comparison).ratio];
  });
  const count = (wanted: ReturnType<typeof direction>): number =>
    ratios.filter((ratio) => direction(ratio) === wanted).length;
  const [saves, costs, open] = [count('saves'), count('costs'), count('undecided')];
  const all = ratios.length === 1 ? 'the only scenario' : `all ${ratios.length} scenarios`;
  const subject = capitalised(words.subject);
  if (saves === ratios.length) return `${subject} save${words.plural ? '' : 's'} time in ${all}`;
  if (costs === ratios.length) return `${subject} cost${words.plural ? '' : 's'} time in ${all}`;
  const parts = [
    saves > 0 ? `${saves} get faster` : '',
    costs > 0 ? `${costs} slower` : '',
    open > 0 ? `${open} can’t be told apart` : '',
  ].filter((part) => part !== '');
  return `Of ${counted(ratios.length, 'scenario')}, ${listed(parts)}`;
}

/** Cycles saved by causes of one group. */
function savedByGroup(comparison: Comparison, group: CauseGroup): number {
  return CAUSES.filter((cause) => cause.group === group).reduce(
    (sum, { id }) => sum + comparison.ledgerBefore[id] - comparison.ledgerAfter[id],
    0,
  );
}

export function causesFinding(model: ReportModel): string {
  const { comparison } = model.headline;
  const direct = savedByGroup(comparison, 'flush') + savedByGroup(comparison, 'mmu');
  const refill = savedByGroup(comparison, 'refill');
  if (direct <= 0 && refill <= 0) return 'Neither flushing nor refilling gets cheaper';
  if (direct <= 0) return 'All of the saving is refill that is no longer needed';
  if (refill <= 0) return 'All of the saving is flushing itself';
  const share = refill / (direct + refill);
  return `In this model ${formatRatio(share)} of what goes away is refill, the rest is flushing and sync itself`;
}

/** Where the headline's saving comes from, in nanoseconds. */
export function causesParagraph(model: ReportModel): string {
  const { scenario, comparison } = model.headline;
  const ns = (cycles: number): string => formatNs(cycles / scenario.frequencyGhz);
  const before = comparison.ledgerBefore;
  const after = comparison.ledgerAfter;
  const refills = [
    `${ns(before.refillTlb - after.refillTlb)} TLB entries`,
    `${ns(before.refillWalkCache - after.refillWalkCache)} walk caches`,
    `${ns(before.refillNestedTlb - after.refillNestedTlb)} nested TLB`,
  ];
  return (
    `In ${scenario.id} with ${comparison.strategy}, a round trip saves ` +
    `${ns(savedByGroup(comparison, 'flush'))} of flushing, ` +
    `${ns(savedByGroup(comparison, 'mmu'))} of page-table sync and ` +
    `${ns(savedByGroup(comparison, 'refill'))} of refill (${refills.join(', ')}). ` +
    'A negative figure is a cost.'
  );
}

export function latencyFinding(model: ReportModel): string {
  const { scenario, comparison } = model.headline;
  const p99 = comparison.beforeP99Ns - comparison.afterP99Ns;
  const p50 = comparison.beforeP50Ns - comparison.afterP50Ns;
  const change = (ns: number): string =>
    ns >= 0 ? `${formatNs(ns)} shorter` : `${formatNs(-ns)} longer`;
  return `The median ${tripWords(scenario).trip} gets ${change(p50)}, the 99th percentile ${change(p99)}`;
}

export function safetyFinding(model: ReportModel): string {
  const used = model.strategies.filter((id) => isUnsafe(model, id));
  if (used.length > 0) return `${listed(used)} used stale translations in this run: unsafe`;
  const { strategy } = model.headline.comparison;
  return `${strategy}: ${safetyClause(safetyIn(model, strategy))}`;
}

export function expectationFinding(model: ReportModel): string {
  const outcomes = model.scenarios.flatMap((scenario) => scenario.expectations);
  const failed = outcomes.filter((outcome) => !outcome.met).length;
  if (outcomes.length === 0) return 'The suites state no expectation';
  if (failed === 0)
    return outcomes.length === 1
      ? 'The expectation holds'
      : `All ${outcomes.length} expectations hold`;
  const verb = failed === 1 ? 'does' : 'do';
  return `${failed} of ${counted(outcomes.length, 'expectation')} ${verb} not hold`;
}
