/** Number of single-character insertions, deletions and replacements that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/**
 * The candidate that the user most likely meant by `word`, or undefined when none is near.
 * Near means that at most a third of the word's characters differ, rounded up, ignoring case; else that the word is
 * the first part of a name with hyphens: `zen4` of `zen4-genoa`.
 * The first of equally near candidates wins.
 */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  let nearest: string | undefined;
  let smallest = Math.ceil(wanted.length / 3) + 1;
  for (const candidate of candidates) {
    // A length that differs too much can't be near; this also bounds the work on absurd input.
    if (Math.abs(candidate.length - wanted.length) >= smallest) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < smallest) {
      smallest = distance;
      nearest = candidate;
    }
  }
  return nearest ?? candidates.find((each) => each.toLowerCase().startsWith(`${wanted}-`));
}
