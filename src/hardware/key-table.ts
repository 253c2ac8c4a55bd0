import { NumberMap } from '../util/number-map.ts';

/** What an interned number names; the same page number of two kinds gives two keys. */
export type KeyKind =
  | 'page4K'
  | 'page2M'
  | 'page1G'
  | 'pde'
  | 'pdpte'
  | 'pml4e'
  | 'nested4K'
  | 'nested2M'
  | 'nestedPde'
  | 'nestedPdpte'
  | 'nestedPml4e';

/**
 * Small integers for page numbers that exceed 32 bits.
 * A key stands for the number alone, in whatever address space: two spaces that use the same page
 * number collide in the TLB exactly as on hardware, and only tags keep them apart.
 */
export class KeyTable {
  private readonly byKind = new Map<KeyKind, NumberMap>();
  private next = 0;

  /** Number of keys handed out; all keys are below it. */
  get size(): number {
    return this.next;
  }

  intern(kind: KeyKind, page: number): number {
    let keys = this.byKind.get(kind);
    if (keys === undefined) {
      keys = new NumberMap();
      this.byKind.set(kind, keys);
    }
    const known = keys.get(page);
    if (known >= 0) return known;
    const key = this.next;
    this.next += 1;
    keys.set(page, key);
    return key;
  }
}
