/**
 * Kinds of cached translation that one ASID tags separately. A flush leaves DEAD_TAG in place of what it
 * retires, and the next look takes a new name. Lists and not maps: a guest has few PCIDs, flushes are
 * what is simulated, and maps that are walked or emptied each time make garbage.
 */
interface AsidTags {
  global: number;
  nested: number;
  /** In the order of their first use. */
  readonly pcids: number[];
  /** Beside `pcids`: leaf translations, and upper-level entries of the guest's tables. */
  readonly leaf: number[];
  readonly upper: number[];
}

/** The tags that a running context looks up and fills with. */
export interface ContextTags {
  leaf: number;
  global: number;
  upper: number;
  nested: number;
}

/** Tag 0 is never alive: empty entries carry it. */
export const DEAD_TAG = 0;

/**
 * Names for (ASID, PCID, kind, epoch) as small integers.
 * A flush retires the name and hands out a new one, so it costs the same whatever a TLB holds,
 * and an entry is alive exactly while its name is: victim choice still sees which entries are free.
 */
export class TagSpace {
  /** 1 for a retired tag. Replaced when it grows: read it anew after each flush. */
  dead = new Uint8Array(1024);
  /** Tags retired so far: while it stands still, no live entry has died. */
  retirements = 0;
  /** True once a context had a PCID: then one page may have a live entry under each of two tags. */
  hasPcids = false;
  private next = 1;
  private readonly asids = new Map<number, AsidTags>();

  constructor() {
    this.dead[DEAD_TAG] = 1;
  }

  /** Number of names handed out so far, the dead one included. */
  get size(): number {
    return this.next;
  }

  /** The tags of an ASID and PCID, written into `context`. */
  tagsFor(
    asid: number,
    pcid: number,
    context: ContextTags = { leaf: 0, global: 0, upper: 0, nested: 0 },
  ): ContextTags {
    const tags = this.asidTags(asid);
    const at = this.placeOf(pcid, tags);
    if (tags.leaf[at] === DEAD_TAG) tags.leaf[at] = this.fresh();
    if (tags.upper[at] === DEAD_TAG) tags.upper[at] = this.fresh();
    context.leaf = tags.leaf[at]!;
    context.global = tags.global;
    context.upper = tags.upper[at]!;
    context.nested = tags.nested;
    return context;
  }

  /** TLB_CONTROL 3: everything that the ASID tags. */
  flushAsid(asid: number): void {
    const tags = this.liveTags(asid);
    if (tags === undefined) return;
    this.retireAll(tags.leaf);
    this.retireAll(tags.upper);
    this.retire(tags.global);
    this.retire(tags.nested);
    tags.global = DEAD_TAG;
    tags.nested = DEAD_TAG;
  }

  /** TLB_CONTROL 1: everything, the host's included. */
  flushEverything(): void {
    for (const asid of this.asids.keys()) this.flushAsid(asid);
  }

  /** TLB_CONTROL 7, and a MOV CR3 without PCIDs: the ASID's non-global entries. */
  flushNonGlobal(asid: number): void {
    const tags = this.liveTags(asid);
    if (tags === undefined) return;
    this.retireAll(tags.leaf);
    this.retireAll(tags.upper);
  }

  /** MOV CR3 with PCIDs: the non-global entries of one PCID. */
  flushPcid(asid: number, pcid: number): void {
    const tags = this.liveTags(asid);
    if (tags === undefined) return;
    const at = tags.pcids.indexOf(pcid);
    if (at < 0) return;
    this.retireAt(tags.leaf, at);
    this.retireAt(tags.upper, at);
  }

  /** INVLPG without EFER.TCE, INVLPGA: all upper-level entries of the ASID. */
  flushUpperLevels(asid: number): void {
    const tags = this.liveTags(asid);
    if (tags === undefined) return;
    this.retireAll(tags.upper);
  }

  /** ASIDs with anything cached since their last flush. */
  asidNumbers(): number[] {
    return [...this.asids.keys()].filter((asid) => this.liveTags(asid) !== undefined);
  }

  /** PCIDs of an ASID with anything cached since their last flush. */
  pcidNumbers(asid: number): number[] {
    const tags = this.liveTags(asid);
    return tags?.pcids.filter((_pcid, at) => tags.leaf[at] !== DEAD_TAG) ?? [];
  }

  /** The ASID's global entries. */
  flushGlobal(asid: number): void {
    const tags = this.liveTags(asid);
    if (tags === undefined) return;
    this.retire(tags.global);
    tags.global = this.fresh();
  }

  /** Nested translations cached under the ASID. */
  flushNested(asid: number): void {
    const tags = this.liveTags(asid);
    if (tags === undefined) return;
    this.retire(tags.nested);
    tags.nested = this.fresh();
  }

  /** Undefined for an ASID that nothing was cached under since its last flush. */
  private liveTags(asid: number): AsidTags | undefined {
    const tags = this.asids.get(asid);
    return tags?.global === DEAD_TAG ? undefined : tags;
  }

  private asidTags(asid: number): AsidTags {
    let tags = this.asids.get(asid);
    if (tags === undefined) {
      tags = { global: DEAD_TAG, nested: DEAD_TAG, pcids: [], leaf: [], upper: [] };
      this.asids.set(asid, tags);
    }
    if (tags.global === DEAD_TAG) {
      tags.global = this.fresh();
      tags.nested = this.fresh();
    }
    return tags;
  }

  private placeOf(pcid: number, { pcids, leaf, upper }: AsidTags): number {
    const at = pcids.indexOf(pcid);
    if (at >= 0) return at;
    if (pcid !== 0) this.hasPcids = true;
    leaf.push(DEAD_TAG);
    upper.push(DEAD_TAG);
    return pcids.push(pcid) - 1;
  }

  private fresh(): number {
    if (this.next === this.dead.length) {
      const grown = new Uint8Array(this.dead.length * 2);
      grown.set(this.dead);
      this.dead = grown;
    }
    this.next += 1;
    return this.next - 1;
  }

  private retire(tag: number): void {
    this.retirements += 1;
    this.dead[tag] = 1;
  }

  private retireAll(tags: number[]): void {
    for (let at = 0; at < tags.length; at += 1) this.retireAt(tags, at);
  }

  private retireAt(tags: number[], at: number): void {
    const tag = tags[at]!;
    if (tag === DEAD_TAG) return;
    this.retire(tag);
    tags[at] = DEAD_TAG;
  }
}
