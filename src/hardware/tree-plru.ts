/** Up to this many ways all states of a tree fit a table. */
const TABLE_WAYS = 8;

/**
 * Tree pseudo-LRU: one bit for each inner node of a binary tree over the ways of a set. Each bit
 * points to the half that was not used last. Node i has the children 2i+1 and 2i+2.
 */
export class TreePlru {
  private readonly ways: number;
  /** Nodes, `ways` for each set; with tables all of a set in its first element, node i as 2^i. */
  private readonly state: Uint8Array;
  private readonly wayOf: Uint8Array;
  private readonly afterUse: Uint8Array;
  private readonly victimOf: Uint8Array;

  /** `ways` is a power of two. */
  constructor(entries: number, ways: number) {
    this.ways = ways;
    this.state = new Uint8Array(entries);
    this.wayOf = new Uint8Array(entries);
    for (let way = 1; way < ways; way += 1) {
      for (let slot = way; slot < entries; slot += ways) this.wayOf[slot] = way;
    }
    const { afterUse, victimOf } = tablesFor(ways);
    this.afterUse = afterUse;
    this.victimOf = victimOf;
  }

  /** An entry was hit or filled. */
  use(slot: number): void {
    if (this.ways > TABLE_WAYS) {
      const way = slot % this.ways;
      pointAway(this.state, slot - way, this.ways, way);
      return;
    }
    const way = this.wayOf[slot]!;
    const first = slot - way;
    this.state[first] = this.afterUse[this.state[first]! * this.ways + way]!;
  }

  /** The slot to replace in the set that starts at `first`. */
  victim(first: number): number {
    if (this.ways > TABLE_WAYS) return first + walkToVictim(this.state, first, this.ways);
    return first + this.victimOf[this.state[first]!]!;
  }
}

/** What depends on the number of ways alone. Empty where all states don't fit a table. */
interface Tables {
  /** By state and way: the state after a use. */
  readonly afterUse: Uint8Array;
  /** By state: the way to replace. */
  readonly victimOf: Uint8Array;
}

const tablesByWays = new Map<number, Tables>();

function tablesFor(ways: number): Tables {
  let tables = tablesByWays.get(ways);
  if (tables === undefined) {
    tables = makeTables(ways);
    tablesByWays.set(ways, tables);
  }
  return tables;
}

function makeTables(ways: number): Tables {
  const states = ways <= TABLE_WAYS ? statesOf(ways) : 0;
  const afterUse = new Uint8Array(states * ways);
  const victimOf = new Uint8Array(states);
  const nodes = new Uint8Array(ways);
  for (let state = 0; state < states; state += 1) {
    unpack(state, nodes);
    victimOf[state] = walkToVictim(nodes, 0, ways);
    for (let way = 0; way < ways; way += 1) {
      unpack(state, nodes);
      pointAway(nodes, 0, ways, way);
      afterUse[state * ways + way] = pack(nodes);
    }
  }
  return { afterUse, victimOf };
}

function statesOf(ways: number): number {
  let states = 1;
  for (let node = 1; node < ways; node += 1) states *= 2;
  return states;
}

function unpack(state: number, nodes: Uint8Array): void {
  let rest = state;
  for (let node = 0; node < nodes.length; node += 1) {
    nodes[node] = rest % 2;
    rest = Math.floor(rest / 2);
  }
}

function pack(nodes: Uint8Array): number {
  return nodes.reduceRight((state, bit) => state * 2 + bit, 0);
}

/** Makes all nodes above a way point to their other half. */
function pointAway(nodes: Uint8Array, first: number, ways: number, way: number): void {
  let node = 0;
  let low = 0;
  let size = ways;
  while (size > 1) {
    size /= 2;
    const inUpperHalf = way >= low + size;
    nodes[first + node] = inUpperHalf ? 0 : 1;
    node = node * 2 + (inUpperHalf ? 2 : 1);
    if (inUpperHalf) low += size;
  }
}

function walkToVictim(nodes: Uint8Array, first: number, ways: number): number {
  let node = 0;
  let low = 0;
  let size = ways;
  while (size > 1) {
    size /= 2;
    const upper = nodes[first + node] === 1;
    node = node * 2 + (upper ? 2 : 1);
    if (upper) low += size;
  }
  return low;
}
