import type { RunSummary } from '../../run/results.ts';
import { formatNs, type NumberStyle } from '../blocks/numbers.ts';
import { listed } from '../blocks/words.ts';

/**
 * Which intervals hold what no seed may have seen, in words that stand beside them; null where every
 * event of every scenario was seen, all but surely.
 */
export function unseenSentence(summary: RunSummary, style?: NumberStyle): string | null {
  const scenarios = summary.scenarios.flatMap(({ id, machine, comparisons }) => {
    const bounds = comparisons.flatMap(({ unseen }) => unseen ?? []);
    if (bounds.length === 0) return [];
    const events = [...new Set(bounds.flatMap((each) => each.events))];
    const most = Math.max(...bounds.map(({ savingNs }) => savingNs));
    return [`${listed(events)} in ${id} on ${machine} (${formatNs(most, style)})`];
  });
  if (scenarios.length === 0) return null;
  return (
    `Some events are so rare that the seeds may have missed them: ${listed(scenarios)}. No end of the ` +
    'intervals there is nearer to its point than the time in brackets, the most by which these events ' +
    'move the mean.'
  );
}
