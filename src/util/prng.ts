/** A stream of pseudo-random numbers. Whoever draws from it advances it: one stream per purpose. */
export interface Prng {
  /** An integer from 0 to 2^32 - 1. */
  nextUint32(): number;
  /** A number in [0, 1) in steps of 2^-32. */
  nextFloat(): number;
  /** An integer from 0 to n - 1, each equally likely. `n` is an integer from 1 to 2^32. */
  nextInt(n: number): number;
}

const UINT32_SPAN = 4294967296;

/** State of xoshiro128**: four 32-bit words, not all zero. */
export type XoshiroState = readonly [number, number, number, number];

/**
 * xoshiro128** 1.1 by David Blackman and Sebastiano Vigna ("Scrambled linear pseudorandom number
 * generators", ACM Transactions on Mathematical Software 47(4), 2021). Period 2^128 - 1.
 */
export function xoshiro128starstar(state: XoshiroState): Prng {
  let a = state[0] | 0;
  let b = state[1] | 0;
  let c = state[2] | 0;
  let d = state[3] | 0;
  if ((a | b | c | d) === 0) throw new RangeError('xoshiro128**: the state is all zero');

  function nextUint32(): number {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }

  function nextInt(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > UINT32_SPAN) {
      throw new RangeError(`nextInt: ${n} is not an integer from 1 to 2^32`);
    }
    // Draws at or above the largest multiple of n would favour small results, so they are repeated.
    const limit = UINT32_SPAN - (UINT32_SPAN % n);
    let draw = nextUint32();
    while (draw >= limit) draw = nextUint32();
    return draw % n;
  }

  return { nextUint32, nextFloat: () => nextUint32() / UINT32_SPAN, nextInt };
}

/** FNV-1a over the UTF-16 code units of `text`, low byte first. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash | 0;
}

/** splitmix32: a counter in steps of the golden ratio, through the finaliser of MurmurHash3. */
function splitmix32(seed: number): () => number {
  let counter = seed | 0;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    let mixed = counter ^ (counter >>> 16);
    mixed = Math.imul(mixed, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
}

/**
 * The stream for one purpose of one seed. Two purposes of a seed share nothing, so a strategy that
 * draws more or fewer numbers for itself can't change what the guest does (common random numbers).
 * `seed` is an integer from 0 to 2^53 - 1.
 */
export function prngFor(seed: number, purpose: string): Prng {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`prngFor: seed ${seed} is not an integer from 0 to 2^53 - 1`);
  }
  const low = splitmix32(seed % UINT32_SPAN)();
  const high = splitmix32(Math.floor(seed / UINT32_SPAN) ^ low)();
  const next = splitmix32(high ^ hashText(purpose));
  return xoshiro128starstar([next(), next(), next(), next()]);
}

/** Name of a stream for one of several alike: the first has no number. */
export function streamName(name: string, index: number): string {
  return index === 0 ? name : `${name} ${index}`;
}
