import type { LiveAnswer, LiveSide } from '../../live/live-answer.ts';
import { LIVE_SCENARIOS } from '../../live/scenarios.ts';
import type { TableCell } from '../blocks/document.ts';
import { escapeHtml } from '../blocks/escape.ts';
import {
  formatNs,
  formatNumber,
  formatRatio,
  formatRatioInterval,
  PAGE,
} from '../blocks/numbers.ts';
import { CAUSE_LAYERS, type CauseLayer, strategyStyles } from '../blocks/theme.ts';
import { counted } from '../blocks/words.ts';
import { overWords } from '../names.ts';
import { safetySentence, safetyTone } from '../safety.ts';

/**
 * An answer in a sentence or two: for those who hear the page, and for a terminal. A strategy that used a
 * stale translation is unsafe, whatever it saves.
 */
export function liveSentence(answer: LiveAnswer): string {
  const { before, after, whole } = answer;
  if (after.staleHits > 0) {
    const hits = counted(after.staleHits, 'stale translation');
    return `${after.strategy} is unsafe: it used ${hits}, so its times count for nothing.`;
  }
  if (whole.verdict === 'no difference') {
    const time = formatNs(before.meanNs);
    return `${after.strategy} takes ${time} per round trip, as ${before.strategy} does.`;
  }
  const loses = whole.ns.point < 0;
  const word = loses ? 'costs' : 'saves';
  const sign = loses ? -1 : 1;
  const isOpen = answer.seeds > 1 && whole.verdict === 'cannot tell';
  return (
    `${after.strategy} ${word} ${formatNs(sign * whole.ns.point)} per round trip, ` +
    `${formatRatio(sign * whole.ratio.point)} of the ` +
    `${formatNs(timeBefore(answer))} of ${before.strategy}.` +
    (isOpen ? ' It could be nothing: the 95 % interval reaches 0.' : '')
  );
}

/** Of the seeds that the saving is of. */
function timeBefore({ before, whole, storedSeeds }: LiveAnswer): number {
  return storedSeeds === undefined ? before.meanNs : whole.ns.point / whole.ratio.point;
}

/** The widest interval that an answer has, over what, and whether the sign holds; null where nothing varies. */
export function liveInterval({ whole, seeds }: LiveAnswer): string | null {
  const { low, high } = whole.ratio;
  if (low === high || (whole.over === 'seeds' && seeds < 2)) return null;
  return `${formatRatioInterval(low, high)} over ${overWords(whole.over)}: ${whole.verdict}`;
}

/** Why the interval holds what it holds. */
export function liveScope({ whole, seeds, storedSeeds }: LiveAnswer): string {
  if (storedSeeds !== undefined) {
    return (
      `Nothing was changed, so saving and interval are those of the stored analysis, as in every output: ${storedSeeds} ` +
      `seeds, with sizes and rates varied, which takes minutes. All else here is of ${counted(seeds, 'seed')}.`
    );
  }
  return whole.over === 'seeds'
    ? 'The interval holds seeds alone; with the prices of the machine it holds what prices could be as well.'
    : 'The interval does not hold what sizes and rates could be: the command sensitivity varies them, in minutes.';
}

/** How the answer was computed, in one sentence. */
export function liveMethod({ scenario, seeds, trips, machineName }: LiveAnswer): string {
  const label = LIVE_SCENARIOS.find(({ id }) => id === scenario)?.label ?? scenario;
  return (
    `Modelled: ${label} (${scenario}), on ${machineName}; ${counted(seeds, 'seed')}, each of ` +
    `${trips.measured} round trips after ${trips.warmUp} to warm up, the same under both.`
  );
}

/** One thing that an answer says, as text: a label with both sides. */
export interface LiveRow {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

/** What an answer says about each side. */
export function liveRows({ before, after }: LiveAnswer): readonly LiveRow[] {
  const row = (label: string, value: (side: LiveSide) => number, unit = ''): LiveRow => ({
    label,
    before: formatNumber(value(before)) + unit,
    after: formatNumber(value(after)) + unit,
  });
  return [
    row('Time per round trip', (side) => side.meanNs, `${PAGE.gap}ns`),
    row('Round trips per second', (side) => Math.round(side.roundTripsPerSecond)),
    row('Hardware flushes per round trip', (side) => side.hardwareFlushesPerTrip),
    row('Page walks per round trip', (side) => side.walksPerTrip),
    row('Stale translations used', (side) => side.staleHits),
  ];
}

function layerNs(layer: CauseLayer, side: LiveSide, frequencyGhz: number): number {
  return layer.causes.reduce((sum, cause) => sum + side.cyclesPerTrip[cause], 0) / frequencyGhz;
}

interface LayerTimes {
  readonly layer: CauseLayer;
  readonly before: number;
  readonly after: number;
}

/** Where the time goes; what takes none on either side is left out. */
export function liveLayers({ before, after, frequencyGhz }: LiveAnswer): readonly LayerTimes[] {
  return CAUSE_LAYERS.map((layer) => ({
    layer,
    before: layerNs(layer, before, frequencyGhz),
    after: layerNs(layer, after, frequencyGhz),
  })).filter((each) => each.before > 0 || each.after > 0);
}

/** What the checker says of a strategy and of the baseline, by strategy. */
export type LiveSafety = Readonly<Record<string, Pick<TableCell, 'text' | 'tone'>>>;

/** An answer as HTML. `strategies`: all of the page, whose order gives their colours. */
export function liveResultHtml(
  answer: LiveAnswer,
  strategies: readonly string[],
  safety: LiveSafety,
): string {
  const { before, after } = answer;
  const names = [before, after].map((side) => strategyName(side.strategy, strategies));
  const layers = liveLayers(answer);
  const longest = Math.max(before.meanNs, after.meanNs);
  const rows = liveRows(answer).map(
    (row) =>
      `<tr><th scope="row">${row.label}</th><td class="r">${row.before}</td><td class="r">${row.after}</td></tr>`,
  );
  const causes = layers.map(
    ({ layer, before: from, after: to }) =>
      `<tr><th scope="row"><i style="background:var(--${layer.colour.name})"></i>${escapeHtml(layer.label)}</th>` +
      `<td class="r">${formatNs(from)}</td><td class="r">${formatNs(to)}</td></tr>`,
  );
  const verdict = verdictOn(after.strategy, safety);
  return `<dl class="facts">
${factsHtml(answer)}
</dl>
<p class="verdict ${verdict.tone}">${escapeHtml(verdict.text)}</p>
<div class="bars" aria-hidden="true">
${[before, after].map((side, at) => `<span>${names[at]}</span>${barHtml(layers, at === 0 ? 'before' : 'after', side.meanNs / longest)}`).join('\n')}
</div>
<details class="parts"><summary>Where the time goes, and what happens</summary>
<div class="scroll" role="group" aria-label="Both sides" tabindex="0"><table class="live">
<caption>Modelled, per round trip: where the time goes, and what happens</caption>
<thead><tr><th scope="col">cause</th>${names.map((name) => `<th scope="col" class="r">${name}</th>`).join('')}</tr></thead>
<tbody>
${[...causes, ...rows].join('\n')}
</tbody>
</table></div>
</details>
<p class="quiet">${escapeHtml(`${liveScope(answer)} ${liveMethod(answer)}`)}</p>`;
}

function verdictOn(strategy: string, safety: LiveSafety) {
  const unchecked = { strategy, verdict: null };
  return (
    (Object.hasOwn(safety, strategy) ? safety[strategy] : undefined) ?? {
      text: safetySentence(unchecked, unchecked),
      tone: safetyTone(unchecked),
    }
  );
}

function strategyName(id: string, strategies: readonly string[]): string {
  const all = strategies.includes(id) ? strategies : [...strategies, id];
  const style = strategyStyles(all)[all.indexOf(id)]!;
  return `<i style="background:var(--${style.colour.name})"></i>${escapeHtml(id)}`;
}

function barHtml(layers: readonly LayerTimes[], side: 'before' | 'after', share: number): string {
  const parts = layers.map(
    (each) =>
      `<i style="flex:${each[side].toFixed(3)} 0 0;background:var(--${each.layer.colour.name})"></i>`,
  );
  return `<div class="bar" style="width:${(share * 100).toFixed(2)}%">${parts.join('')}</div>`;
}

function factsHtml(answer: LiveAnswer): string {
  const { whole, savedMsPerSecond, before, after } = answer;
  const loses = whole.ns.point < 0;
  const sign = loses ? -1 : 1;
  const interval = liveInterval(answer);
  const stale = after.staleHits;
  const flushes = [before, after].map((side) => formatNumber(side.hardwareFlushesPerTrip));
  const word = loses ? 'more' : 'less';
  const times = [
    fact(formatNs(sign * whole.ns.point), `${word} per round trip`, loses),
    fact(
      formatRatio(sign * whole.ratio.point),
      interval === null
        ? `${word} than ${before.strategy}`
        : `${word} than ${before.strategy} (saving, 95 %: ${interval})`,
      false,
    ),
    fact(
      `${formatNumber(sign * savedMsPerSecond)}\u202fms`,
      `${word} in each second that ${before.strategy} spends on such round trips`,
      false,
    ),
    fact(flushes.join(' to '), 'hardware flushes per round trip', false),
  ];
  if (stale === 0) return times.join('\n');
  const used = fact(formatNumber(stale), `stale translations used by ${after.strategy}`, true);
  return [used, ...times].join('\n');
}

function fact(value: string, label: string, isBad: boolean): string {
  return `<div${isBad ? ' class="bad"' : ''}><dt>${escapeHtml(label)}</dt><dd>${value}</dd></div>`;
}
