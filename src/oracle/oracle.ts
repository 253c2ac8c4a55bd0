import type { StaleHitSink } from '../hardware/context.ts';
import type { PageTables } from '../hardware/page-tables.ts';
import { Owners } from './owners.ts';

/** Stale hits by class, worst first. */
const STALE_CLASSES = ['host', 'crossVm', 'guest'] as const;
export type StaleClass = (typeof STALE_CLASSES)[number];

const HOST_CLASS = 1;
const GUEST_CLASS = 2;

/**
 * Knows what each translation should be, and counts each use of one that is wrong.
 * A guest that changed its tables and has not flushed may still hit the old entry: nothing is wrong
 * until the flush that covers the change is complete.
 */
export class Oracle implements StaleHitSink {
  readonly owners = new Owners();
  readonly staleHits: Record<StaleClass, number> = { host: 0, crossVm: 0, guest: 0 };
  private readonly tables: PageTables;
  private time = 1;
  /** Changes whose flush has not come yet, by mapping: when, in the guest's own tables and in NPT12. */
  private readonly pendingGuest = new Map<number, number>();
  private readonly pendingNested = new Map<number, number>();

  constructor(tables: PageTables) {
    this.tables = tables;
  }

  readonly now = (): number => this.time;

  staleHit(entryOwner: number, owner: number, mapping: number): void {
    this.staleHits[this.classOf(entryOwner, owner, mapping)] += 1;
  }

  /** A guest changed its own tables: the old translation may be used until a flush covers it. */
  guestChanged(mapping: number): void {
    this.time += 1;
    this.pendingGuest.set(mapping, this.time);
  }

  /** L1 changed what its NPT maps L2's page to; likewise until a flush of L2 covers it. */
  nestedChanged(mapping: number): void {
    this.time += 1;
    this.pendingNested.set(mapping, this.time);
  }

  /**
   * A flush that covers these mappings is complete: older translations are wrong from now on. INVLPG
   * covers what the guest changed in its own tables (`guest`); a flush of the ASID covers `both`.
   */
  guestFlushed(mappings: Iterable<number>, covers: 'guest' | 'both' = 'both'): void {
    for (const mapping of mappings) {
      this.require(mapping, this.pendingGuest.get(mapping));
      this.pendingGuest.delete(mapping);
      if (covers === 'guest') continue;
      const changed = this.pendingNested.get(mapping);
      if (changed === undefined) continue;
      this.require(mapping, changed);
      this.pendingNested.delete(mapping);
      const nested = this.tables.nestedOf(mapping);
      if (nested >= 0) this.tables.requireNested(nested, changed);
    }
  }

  /** A guest has changed a page of its own tables and flushed it by INVLPG: both of the above at once. */
  guestInvalidated(mapping: number): void {
    this.time += 1;
    this.pendingGuest.delete(mapping);
    this.require(mapping, this.time);
  }

  private require(mapping: number, time: number | undefined): void {
    if (time === undefined) return;
    this.tables.require(mapping, Math.max(this.tables.requiredOf(mapping), time), GUEST_CLASS);
  }

  /** The host took the page back, and its flush of all vCPUs is complete. */
  hostChanged(mapping: number): void {
    this.time += 1;
    const tables = this.tables;
    tables.require(mapping, this.time, HOST_CLASS);
    const nested = tables.nestedOf(mapping);
    if (nested >= 0) tables.requireNested(nested, this.time);
  }

  private classOf(entryOwner: number, owner: number, mapping: number): StaleClass {
    if (entryOwner !== owner) {
      return this.owners.vmOf(entryOwner) === this.owners.vmOf(owner) ? 'guest' : 'crossVm';
    }
    return mapping >= 0 && this.tables.requiredClassOf(mapping) === HOST_CLASS ? 'host' : 'guest';
  }
}
