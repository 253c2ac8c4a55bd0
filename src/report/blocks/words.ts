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
