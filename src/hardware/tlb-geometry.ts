import type { Replacement } from './machine-preset.ts';

export interface TlbGeometry {
  readonly name: string;
  readonly entries: number;
  /** Equal to `entries` for a fully associative array. */
  readonly ways: number;
  readonly replacement: Replacement;
}

/** Set indices are taken from `page mod SET_MODULUS`, which keeps them exact for 2^a·3^b sets. */
export const SET_MODULUS = 3 * 268_435_456;

/** A geometry that no array can have is a mistake in a preset or a test. */
export function checkGeometry({ name, entries, ways, replacement }: TlbGeometry): void {
  if (ways < 1 || entries % ways !== 0 || SET_MODULUS % (entries / ways) !== 0) {
    throw new RangeError(
      `${name}: ${entries} entries in ${ways} ways do not give 2^a·3^b sets (b at most 1)`,
    );
  }
  if (replacement === 'tree-plru' && !isPowerOfTwo(ways)) {
    throw new RangeError(`${name}: tree-PLRU needs a power of two of ways, not ${ways}`);
  }
}

/** Whether n is 1, 2, 4, 8 and so on. */
export function isPowerOfTwo(n: number): boolean {
  let rest = n;
  while (rest > 1 && rest % 2 === 0) rest /= 2;
  return rest === 1;
}
