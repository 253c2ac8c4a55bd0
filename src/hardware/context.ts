import type { ContextTags } from './tags.ts';

/** What runs on a pCPU now: the tags that it looks up with, and whose translations it may use. */
export class Context implements ContextTags {
  asid: number;
  pcid = 0;
  /** Whose translations these are meant to be; no hardware knows it. */
  owner: number;
  leaf = 0;
  global = 0;
  upper = 0;
  nested = 0;

  constructor(asid: number, owner: number) {
    this.asid = asid;
    this.owner = owner;
  }
}

/** Told of each use of a translation that its user may not use. Rare; off the access path. */
export interface StaleHitSink {
  /** `entryOwner` owns the entry; `owner` used it for the page of `mapping`. */
  staleHit(entryOwner: number, owner: number, mapping: number): void;
}
