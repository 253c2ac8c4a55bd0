import { namedStrategy } from '../hypervisor/strategies.ts';
import type { ScenarioSummary } from '../run/results.ts';
import type { WholeSaving } from '../run/whole-saving.ts';

/** A strategy as the subject of a sentence; one that does not ship is called by its id. */
export function strategyWords(id: string) {
  const subject = namedStrategy(id)?.subject;
  if (subject === undefined) return { subject: id, plural: false, withId: id };
  const { words, isPlural } = subject;
  return { subject: words, plural: isPlural, withId: `${words} (${id})` };
}

/** What one round trip is, `a CPUID exit` or `a round trip`, and what follows it: ` of ID`. */
export function tripWords({ id, words }: Pick<ScenarioSummary, 'id' | 'words'>) {
  return words === undefined
    ? { trip: 'round trip', setup: ` of ${id}` }
    : { trip: words.trip, setup: ` ${words.setup}` };
}

/** A scenario in a row of a table or a figure. */
export function scenarioName({ id, words }: Pick<ScenarioSummary, 'id' | 'words'>): string {
  return words?.label ?? id;
}

/** `seeds, prices, sizes and workload`. */
export function overWords(over: WholeSaving['over']): string {
  return over === 'seeds, prices' ? 'seeds and prices' : over;
}
