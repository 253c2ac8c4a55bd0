import type { Replacement } from '../../src/hardware/machine-preset.ts';

/** What a TLB does, said as plainly as possible; slow, and only right where it is meant to be. */
export interface ReferenceTlb {
  /** True on a hit; a miss fills. */
  access(page: number, asid: number): boolean;
  invalidate(page: number, asid: number): void;
  flush(asid: number): void;
  liveEntries(): number;
}

interface Way {
  page: number;
  asid: number;
  live: boolean;
  /** Turn in which it was filled, and used last. */
  filled: number;
  used: number;
  referenced: boolean;
}

const NEVER = -1;

/** Dead ways go first: the page's own, then the one that has been idle longest by the policy. */
export function referenceTlb(sets: number, ways: number, replacement: Replacement): ReferenceTlb {
  const table = Array.from({ length: sets }, () =>
    Array.from(
      { length: ways },
      (): Way => ({
        page: NEVER,
        asid: NEVER,
        live: false,
        filled: 0,
        used: 0,
        referenced: false,
      }),
    ),
  );
  const trees = table.map(() => new Map<string, 'left' | 'right'>());
  let turn = 0;
  let random = 0x9e37_79b9;

  function use(set: number, at: number): void {
    const row = table[set]!;
    turn += 1;
    row[at]!.used = turn;
    row[at]!.referenced = true;
    if (row.every((way) => way.referenced)) {
      for (const way of row) way.referenced = way === row[at];
    }
    for (let from = 0, to = ways; to - from > 1; ) {
      const middle = (from + to) / 2;
      const isLeft = at < middle;
      trees[set]!.set(`${from}-${to}`, isLeft ? 'right' : 'left');
      if (isLeft) to = middle;
      else from = middle;
    }
  }

  const age = (way: Way) =>
    replacement === 'lru' ? way.used : replacement === 'fifo' ? way.filled : 0;
  const oldest = (candidates: readonly Way[]) =>
    candidates.reduce((best, way) => (age(way) < age(best) ? way : best));

  function victim(set: number, page: number, asid: number): Way {
    const row = table[set]!;
    const dead = row.filter((way) => !way.live);
    const own = dead.find((way) => way.page === page && way.asid === asid);
    if (own !== undefined) return own;
    if (dead.length > 0) return oldest(dead);
    if (replacement === 'lru' || replacement === 'fifo') return oldest(row);
    if (replacement === 'nru') return row.find((way) => !way.referenced) ?? row[0]!;
    if (replacement === 'random') {
      random = (random * 48_271) % 2_147_483_647;
      return row[random % ways]!;
    }
    let from = 0;
    let to = ways;
    while (to - from > 1) {
      const middle = (from + to) / 2;
      if (trees[set]!.get(`${from}-${to}`) === 'right') from = middle;
      else to = middle;
    }
    return row[from]!;
  }

  const isEntry = (way: Way, page: number, asid: number) =>
    way.live && way.page === page && way.asid === asid;

  return {
    access(page, asid) {
      const set = page % sets;
      const row = table[set]!;
      const at = row.findIndex((way) => isEntry(way, page, asid));
      if (at >= 0) {
        use(set, at);
        return true;
      }
      const way = victim(set, page, asid);
      Object.assign(way, { page, asid, live: true });
      use(set, row.indexOf(way));
      way.filled = turn;
      return false;
    },
    invalidate(page, asid) {
      for (const way of table[page % sets]!) if (isEntry(way, page, asid)) way.live = false;
    },
    flush(asid) {
      for (const way of table.flat()) if (way.asid === asid) way.live = false;
    },
    liveEntries: () => table.flat().filter((way) => way.live).length,
  };
}
