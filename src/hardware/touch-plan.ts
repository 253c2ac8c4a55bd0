/** Positions between two looks at a summary of a plan. */
export const BLOCK = 16;
/** Distances from here on are not told apart. To carry out a touch that could be passed over is exact too. */
export const FAR = 65_535;

/** Where touches go in the first-level arrays. Touches are numbers: page index times 2, plus 1 if data. */
export interface FirstLevelUse {
  /** By touch: the entry that translates it, numbered densely; -1 where the stream lacks the touch. */
  readonly entry: Int32Array;
  /** By entry: the set that it may live in, numbered over all arrays. */
  readonly set: Int32Array;
  /** By set: how many entries it holds. */
  readonly ways: Int32Array;
  /** True when two pages share an entry: a 2 MiB page of several 4 KiB pages. */
  readonly sharesEntries: boolean;
}

/**
 * What true LRU makes of a stream of touches, whatever was in the arrays before.
 *
 * Let a stretch [from, to) run in one context, with nothing flushed on the way. A touch whose page
 * was touched before in the stretch hits for certain, unless at least as many other entries of its
 * set were touched in between as the set has ways: then it misses for certain, and so do the
 * positions in `forcedAt`. A hit does nothing but renew its entry's age. So it is enough to carry out
 * a page's first touch of the stretch, its last one (which gives the final age), and the forced
 * misses. What a miss evicts is known too: an entry that is dead or was not touched in the stretch
 * if the set has one, else the entry in `forcedVictim`.
 */
export interface TouchPlan {
  readonly use: FirstLevelUse;
  /** By position: how far back the same touch occurs last, and how far on next; FAR for far or never. */
  readonly sinceLast: Uint16Array;
  readonly untilNext: Uint16Array;
  /** By block of BLOCK positions: the least last and the greatest next position; -1 and length for never. */
  readonly leastLast: Int32Array;
  readonly greatestNext: Int32Array;
  /** Positions, ascending and closed by the stream's length, that miss once the stretch has touched as many entries of the set as it has ways. */
  readonly forcedAt: Int32Array;
  /** For each of them: its touch, side by side because those of the stream lie far apart, and a touch of the entry that is then the least recently used. */
  readonly forcedTouch: Int32Array;
  readonly forcedVictim: Int32Array;
}

/** Index of the first element that is not below `least`. */
export function lowerBound(ascending: Int32Array, least: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Makes memory of the kind that an array is in: a plan of touches that threads share is shared, too. */
function memoryLike(array: Int32Array): (bytes: number) => ArrayBufferLike {
  const Buffer = array.buffer.constructor as new (bytes: number) => ArrayBufferLike;
  return (bytes) => new Buffer(bytes);
}

/** Neighbours of each position with the same touch. */
function neighbours(touches: Int32Array, kinds: number) {
  const length = touches.length;
  const memory = memoryLike(touches);
  const sinceLast = new Uint16Array(memory(length * 2)).fill(FAR);
  const untilNext = new Uint16Array(memory(length * 2)).fill(FAR);
  const blocks = Math.ceil(length / BLOCK);
  const leastLast = new Int32Array(memory(blocks * 4)).fill(length);
  const greatestNext = new Int32Array(memory(blocks * 4)).fill(-1);
  const last = new Int32Array(kinds).fill(-1);
  const link = (from: number, to: number): void => {
    const block = Math.floor(from / BLOCK);
    greatestNext[block] = Math.max(greatestNext[block]!, to);
    untilNext[from] = Math.min(FAR, to - from);
  };
  for (let at = 0; at < length; at += 1) {
    const touch = touches[at]!;
    const before = last[touch]!;
    const block = Math.floor(at / BLOCK);
    leastLast[block] = Math.min(leastLast[block]!, before);
    if (before >= 0) {
      sinceLast[at] = Math.min(FAR, at - before);
      link(before, at);
    }
    last[touch] = at;
  }
  for (const at of last) {
    if (at < 0) continue;
    link(at, length);
    untilNext[at] = FAR;
  }
  return { sinceLast, untilNext, leastLast, greatestNext };
}

/** Every set as a list from the most to the least recently used entry; all start empty. */
class LruLists {
  private readonly newer: Int32Array;
  private readonly older: Int32Array;
  private readonly newest: Int32Array;
  private readonly oldest: Int32Array;
  private readonly held: Int32Array;
  private readonly isHeld: Uint8Array;
  private readonly use: FirstLevelUse;

  constructor(use: FirstLevelUse) {
    this.use = use;
    this.newer = new Int32Array(use.set.length).fill(-1);
    this.older = new Int32Array(use.set.length).fill(-1);
    this.newest = new Int32Array(use.ways.length).fill(-1);
    this.oldest = new Int32Array(use.ways.length).fill(-1);
    this.held = new Int32Array(use.ways.length);
    this.isHeld = new Uint8Array(use.set.length);
  }

  /** Uses an entry; returns the one that had to go for it, or -1. */
  access(entry: number): number {
    const set = this.use.set[entry]!;
    if (this.newest[set] === entry) return -1;
    let evicted = -1;
    if (this.isHeld[entry] === 1) this.unlink(entry, set);
    else {
      if (this.held[set] === this.use.ways[set]) {
        evicted = this.oldest[set]!;
        this.unlink(evicted, set);
        this.isHeld[evicted] = 0;
      } else this.held[set]! += 1;
      this.isHeld[entry] = 1;
    }
    this.linkAsNewest(entry, set);
    return evicted;
  }

  private unlink(entry: number, set: number): void {
    const newer = this.newer[entry]!;
    const older = this.older[entry]!;
    if (newer < 0) this.newest[set] = older;
    else this.older[newer] = older;
    if (older < 0) this.oldest[set] = newer;
    else this.newer[older] = newer;
  }

  private linkAsNewest(entry: number, set: number): void {
    const second = this.newest[set]!;
    this.newer[entry] = -1;
    this.older[entry] = second;
    if (second < 0) this.oldest[set] = entry;
    else this.newer[second] = entry;
    this.newest[set] = entry;
  }
}

/** Makes the plan of a stream: some ten nanoseconds and four bytes for each touch. */
export function planTouches(touches: Int32Array, use: FirstLevelUse): TouchPlan {
  const lists = new LruLists(use);
  const lastTouch = new Int32Array(use.set.length);
  const positions: number[] = [];
  const victims: number[] = [];
  for (let at = 0; at < touches.length; at += 1) {
    const entry = use.entry[touches[at]!]!;
    const evicted = lists.access(entry);
    if (evicted >= 0) {
      positions.push(at);
      victims.push(lastTouch[evicted]!);
    }
    lastTouch[entry] = touches[at]!;
  }
  const forcedTouch = positions.map((at) => touches[at]!);
  positions.push(touches.length);
  const memory = memoryLike(touches);
  return {
    use,
    ...neighbours(touches, use.entry.length),
    forcedAt: int32In(memory, positions),
    forcedTouch: int32In(memory, forcedTouch),
    forcedVictim: int32In(memory, victims),
  };
}

function int32In(memory: (bytes: number) => ArrayBufferLike, numbers: readonly number[]) {
  const array = new Int32Array(memory(numbers.length * 4));
  array.set(numbers);
  return array;
}
