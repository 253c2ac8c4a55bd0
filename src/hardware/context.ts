import type { ContextTags } from './tags.ts';

/** What runs on a pCPU now: the tags that it looks up with, and whose translations it may use. */
export interface Context extends ContextTags {
  asid: number;
  pcid: number;
  /** Whose translations these are meant to be; no hardware knows it. */
  owner: number;
}

/** Told of each use of a translation that its user may not use. Rare; off the access path. */
export interface StaleHitSink {
  /** `entryOwner` owns the entry; `owner` used it for the page of `mapping`. */
  staleHit(entryOwner: number, owner: number, mapping: number): void;
}
