import { namedStrategy } from '../hypervisor/strategies.ts';
import type { ScenarioSummary } from '../run/results.ts';

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

/** `a` or `an` before a noun that is read aloud as it is written. */
export function withArticle(noun: string): string {
  return /^[aeiou]/i.test(noun) ? `an ${noun}` : `a ${noun}`;
}

export function capitalised(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** `one scenario`, `11 scenarios`. */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return count === 1 ? `one ${singular}` : `${count} ${plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}
