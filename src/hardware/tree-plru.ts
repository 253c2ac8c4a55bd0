/** Up to this many ways the nodes of a set are the bits of one number. */
const WORD_WAYS = 32;

/**
 * Tree pseudo-LRU: one bit for each inner node of a binary tree over the ways of a set. Each bit
 * points to the half that was not used last. Node i has the children 2i+1 and 2i+2; way w is the leaf w + ways - 1.
 */
export class TreePlru {
  private readonly ways: number;
  private readonly isInWords: boolean;
  /** Nodes, `ways` for each set; of up to WORD_WAYS all in a set's first element, node i as 2^i. */
  private readonly state: Int32Array;
  private readonly wayOf: Uint8Array;
  /** By way: all bits but those of the nodes above it, and the bits of those that point away from it when they are 1. */
  private readonly others: Int32Array;
  private readonly away: Int32Array;

  /** `ways` is a power of two. */
  constructor(entries: number, ways: number) {
    this.ways = ways;
    this.isInWords = ways <= WORD_WAYS;
    this.state = new Int32Array(entries);
    this.wayOf = new Uint8Array(this.isInWords ? entries : 0);
    for (let slot = 0; slot < this.wayOf.length; slot += 1) this.wayOf[slot] = slot % ways;
    this.others = new Int32Array(this.isInWords ? ways : 0).fill(-1);
    this.away = new Int32Array(this.others.length);
    for (let way = 0; way < this.others.length; way += 1) {
      eachNodeAbove(way, ways, (node, isLower) => {
        this.others[way]! &= ~(1 << node);
        if (isLower) this.away[way]! |= 1 << node;
      });
    }
  }

  /** An entry was hit or filled. */
  use(slot: number): void {
    const { state, ways } = this;
    if (this.isInWords) {
      const way = this.wayOf[slot]!;
      state[slot - way] = (state[slot - way]! & this.others[way]!) | this.away[way]!;
      return;
    }
    const way = slot % ways;
    eachNodeAbove(way, ways, (node, isLower) => {
      state[slot - way + node] = isLower ? 1 : 0;
    });
  }

  /** The slot to replace in the set that starts at `first`. */
  victim(first: number): number {
    const { state, ways, isInWords } = this;
    const word = state[first]!;
    let node = 0;
    while (node < ways - 1) {
      const bit = isInWords ? (word >>> node) & 1 : state[first + node]!;
      node = node * 2 + 1 + bit;
    }
    return first + node - (ways - 1);
  }
}

/** Nodes above a way, and whether it is in the lower half of each. */
function eachNodeAbove(
  way: number,
  ways: number,
  see: (node: number, isLower: boolean) => void,
): void {
  for (let node = way + ways - 1; node > 0; ) {
    const isLower = node % 2 === 1;
    node = Math.floor((node - 1) / 2);
    see(node, isLower);
  }
}
