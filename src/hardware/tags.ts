/** Kinds of cached translation that one ASID tags separately. */
interface AsidTags {
  global: number;
  nested: number;
  /** By PCID: leaf translations, and upper-level entries of the guest's tables. */
  leaf: Map<number, number>;
  upper: Map<number, number>;
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

  tagsFor(asid: number, pcid: number): ContextTags {
    const tags = this.asidTags(asid);
    return {
      leaf: this.byPcid(tags.leaf, pcid),
      global: tags.global,
      upper: this.byPcid(tags.upper, pcid),
      nested: tags.nested,
    };
  }

  /** TLB_CONTROL 3: everything that the ASID tags. */
  flushAsid(asid: number): void {
    const tags = this.asids.get(asid);
    if (tags === undefined) return;
    this.retireAll(tags.leaf);
    this.retireAll(tags.upper);
    this.retire(tags.global);
    this.retire(tags.nested);
    this.asids.delete(asid);
  }

  /** TLB_CONTROL 1: everything, the host's included. */
  flushEverything(): void {
    for (const asid of [...this.asids.keys()]) this.flushAsid(asid);
  }

  /** TLB_CONTROL 7, and a MOV CR3 without PCIDs: the ASID's non-global entries. */
  flushNonGlobal(asid: number): void {
    const tags = this.asids.get(asid);
    if (tags === undefined) return;
    this.retireAll(tags.leaf);
    this.retireAll(tags.upper);
    tags.leaf.clear();
    tags.upper.clear();
  }

  /** MOV CR3 with PCIDs: the non-global entries of one PCID. */
  flushPcid(asid: number, pcid: number): void {
    const tags = this.asids.get(asid);
    if (tags === undefined) return;
    this.drop(tags.leaf, pcid);
    this.drop(tags.upper, pcid);
  }

  /** INVLPG without EFER.TCE, INVLPGA: all upper-level entries of the ASID. */
  flushUpperLevels(asid: number): void {
    const tags = this.asids.get(asid);
    if (tags === undefined) return;
    this.retireAll(tags.upper);
    tags.upper.clear();
  }

  /** ASIDs with anything cached, or cached once. */
  asidNumbers(): number[] {
    return [...this.asids.keys()];
  }

  /** PCIDs of an ASID with anything cached, or cached once. */
  pcidNumbers(asid: number): number[] {
    return [...(this.asids.get(asid)?.leaf.keys() ?? [])];
  }

  /** The ASID's global entries. */
  flushGlobal(asid: number): void {
    const tags = this.asids.get(asid);
    if (tags === undefined) return;
    this.retire(tags.global);
    tags.global = this.fresh();
  }

  /** Nested translations cached under the ASID. */
  flushNested(asid: number): void {
    const tags = this.asids.get(asid);
    if (tags === undefined) return;
    this.retire(tags.nested);
    tags.nested = this.fresh();
  }

  private asidTags(asid: number): AsidTags {
    let tags = this.asids.get(asid);
    if (tags === undefined) {
      tags = { global: this.fresh(), nested: this.fresh(), leaf: new Map(), upper: new Map() };
      this.asids.set(asid, tags);
    }
    return tags;
  }

  private byPcid(tags: Map<number, number>, pcid: number): number {
    let tag = tags.get(pcid);
    if (tag === undefined) {
      if (pcid !== 0) this.hasPcids = true;
      tag = this.fresh();
      tags.set(pcid, tag);
    }
    return tag;
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

  private retireAll(tags: Map<number, number>): void {
    for (const tag of tags.values()) this.retire(tag);
  }

  private drop(tags: Map<number, number>, pcid: number): void {
    const tag = tags.get(pcid);
    if (tag === undefined) return;
    this.retire(tag);
    tags.delete(pcid);
  }
}
