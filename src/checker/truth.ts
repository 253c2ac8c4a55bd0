import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { addBit, hasBit } from '../hypervisor/requests.ts';
import { exercise, type Obligation } from './obligations.ts';
import { type BadHit, DEAD_DOMAIN, HIT, type Translations } from './translations.ts';
import { TruthShape } from './truth-shape.ts';
import type { WorldSpec } from './world-spec.ts';

/** How far behind its page tables a translation is, in one layer of them. */
const AGE = {
  current: 0,
  /** The table changed, and the owner has not flushed yet: it may be used. */
  old: 1,
  /** The owner has flushed: using it is a violation. */
  dead: 2,
} as const;

/** Of an entry that nobody may use any more: its VM is dead. */
export const DEAD_VM = 1;
/** An owner byte above it is FIRST_OWNER + a domain. */
export const FIRST_OWNER = 2;

const NESTED = 3;
const HOST = 9;

/**
 * The unbounded TLB of each pCPU, L0's shadow PTEs, and what each of them is still good for.
 *
 * Instead of versions, which grow without bound, an entry carries its age in each layer: a change of
 * a table makes entries old, and a flush that architecturally covers the change makes the old ones of
 * its domain dead. An entry that hardware really flushed is gone. Whatever else happened before cannot
 * matter later, so these few values are exact.
 */
export class Truth implements Translations {
  readonly shape: TruthShape;
  /** (pCPU, ASID, page): 0 none, DEAD_VM, or FIRST_OWNER + domain. */
  readonly owner: Uint8Array;
  /** Ages: guest layer + 3 x nested layer + 9 x (1 when the host took the page back). */
  readonly ages: Uint8Array;
  /** The NPT12 that an entry of an L2 was made from; 0 where there is none. */
  readonly npt12: Uint8Array;
  /** (vCPU, table, page): 0 none, 1 current, 2 behind the table that it shadows. */
  readonly shadow: Uint8Array;
  /** Levels for which a shadow PTE that is behind is dead, as bits. */
  readonly shadowDead: Uint8Array;
  /** By domain: it has run since its last full flush, so it may hold translations. */
  readonly live: Uint8Array;
  /** A tag that is new to its level has no guest-physical translations either: not so for VPIDs. */
  private readonly tagsNested: boolean;
  /** A bound, not hardware: what is stale is gone at once. */
  private readonly vanishes: boolean;
  bad: BadHit | null = null;

  constructor(spec: WorldSpec, { guestFlush, staleEntries }: KvmBehaviour) {
    const shape = new TruthShape(spec);
    this.shape = shape;
    this.tagsNested = guestFlush !== 'at-once';
    this.vanishes = staleEntries === 'vanish';
    const entries = shape.pcpus * shape.asids * shape.pages;
    this.owner = new Uint8Array(entries);
    this.ages = new Uint8Array(entries);
    this.npt12 = new Uint8Array(entries);
    this.shadow = new Uint8Array(shape.vcpus * shape.tables * shape.pages);
    this.shadowDead = new Uint8Array(this.shadow.length);
    this.live = new Uint8Array(shape.vcpus * shape.levels);
  }

  isShadowDead(at: number, level: number): boolean {
    return hasBit(this.shadowDead[at]!, LEVEL_BITS[level]!);
  }

  access(
    pcpu: number,
    asid: number,
    page: number,
    vcpu: number,
    level: number,
    npt12: number,
  ): number {
    const index = this.shape.entryIndex(pcpu, asid, page);
    const owner = this.owner[index]!;
    const domain = this.shape.domain(vcpu, level);
    if (owner !== 0) {
      const found = this.hit(index, owner, domain);
      if (found !== HIT.violation || !this.vanishes) return found;
    }
    const age = this.shape.isShadowed(level)
      ? this.refill(vcpu, level, this.shape.tableOf(level, npt12), page)
      : AGE.current;
    if (age === AGE.dead) return HIT.violation;
    this.owner[index] = FIRST_OWNER + domain;
    this.ages[index] = age * (this.shape.l0Shadows ? 1 : NESTED);
    this.npt12[index] = level > 0 && this.shape.l1Nests ? npt12 : 0;
    return HIT.filled;
  }

  /** The age of a shadow PTE that a miss refills from, made if there was none; a dead one is `bad`. */
  private refill(vcpu: number, level: number, table: number, page: number): number {
    const at = this.shape.shadowIndex(vcpu, table, page);
    if (this.shadow[at] === 2 && this.vanishes) this.synced(vcpu, table, page);
    if (this.shadow[at] !== 2) {
      this.shadow[at] = 1;
      return AGE.current;
    }
    if (!this.isShadowDead(at, level)) return AGE.old;
    const domain = this.shape.domain(vcpu, level);
    const layer = this.shape.l0Shadows ? 'guest' : 'nested';
    this.bad = { entryDomain: domain, domain, layer, from: 'shadow' };
    return AGE.dead;
  }

  private hit(index: number, owner: number, domain: number): number {
    const age = this.ages[index]!;
    const entryDomain = owner === DEAD_VM ? DEAD_DOMAIN : owner - FIRST_OWNER;
    let layer: BadHit['layer'] | null = null;
    if (entryDomain !== domain) layer = 'owner';
    else if (age >= HOST) layer = 'host';
    else if (age % NESTED === AGE.dead) layer = 'guest';
    else if (age >= NESTED * AGE.dead) layer = 'nested';
    if (layer === null) return HIT.fine;
    this.bad = { entryDomain, domain, layer, from: 'tlb' };
    return HIT.violation;
  }

  guestChanged(vcpu: number, level: number, page: number): void {
    this.age(this.shape.domain(vcpu, level), page, 1, AGE.current, AGE.old);
    if (this.shape.l0Shadows) this.shadowBehind(this.shape.shadowIndex(vcpu, level, page));
  }

  nestedChanged(vcpu: number, page: number, npt12: number): void {
    for (let level = 1; level < this.shape.levels; level += 1) {
      this.age(this.shape.domain(vcpu, level), page, NESTED, AGE.current, AGE.old, npt12);
    }
    this.shadowBehind(this.shape.shadowIndex(vcpu, npt12, page));
  }

  private shadowBehind(at: number): void {
    if (this.shadow[at] !== 1) return;
    this.shadow[at] = 2;
    this.shadowDead[at] = 0;
  }

  pageFlushed(vcpu: number, level: number, page: number): void {
    this.age(this.shape.domain(vcpu, level), page, 1, AGE.old, AGE.dead);
    if (this.shape.l0Shadows) this.killShadow(vcpu, level, level, page);
  }

  guestFlushed(vcpu: number, level: number): void {
    for (let page = 0; page < this.shape.pages; page += 1) this.pageFlushed(vcpu, level, page);
  }

  /**
   * Value 7 of TLB_CONTROL flushes non-global entries; whether it reaches nested translations is not documented, so it is
   * not counted against a shadow of NPT12.
   */
  asidFlushed(vcpu: number, level: number, reachesNested: boolean): void {
    const domain = this.shape.domain(vcpu, level);
    for (let page = 0; page < this.shape.pages; page += 1) {
      this.age(domain, page, 1, AGE.old, AGE.dead);
      this.age(domain, page, NESTED, AGE.old, AGE.dead);
      if (this.shape.l0Shadows) this.killShadow(vcpu, level, level, page);
      else if (this.shape.isShadowed(level) && reachesNested) {
        // Whichever NPT12 the entries came from.
        for (let table = 1; table < this.shape.tables; table += 1) {
          this.killShadow(vcpu, level, table, page);
        }
      }
    }
    if (reachesNested) this.live[domain] = 0;
  }

  started(vcpu: number, level: number): void {
    const domain = this.shape.domain(vcpu, level);
    if (this.live[domain] === 0 && this.tagsNested) this.asidFlushed(vcpu, level, true);
    else if (this.live[domain] === 0) this.guestFlushed(vcpu, level);
    this.live[domain] = 1;
  }

  private killShadow(vcpu: number, level: number, table: number, page: number): void {
    const at = this.shape.shadowIndex(vcpu, table, page);
    if (this.shadow[at] === 2)
      this.shadowDead[at] = addBit(this.shadowDead[at]!, LEVEL_BITS[level]!);
  }

  synced(vcpu: number, table: number, page: number): void {
    const at = this.shape.shadowIndex(vcpu, table, page);
    if (this.shadow[at] === 2) this.shadow[at] = 1;
    this.shadowDead[at] = 0;
  }

  zapped(vcpu: number, table: number, page: number): void {
    const at = this.shape.shadowIndex(vcpu, table, page);
    this.shadow[at] = 0;
    this.shadowDead[at] = 0;
  }

  hostTook(vcpu: number, page: number): void {
    const first = FIRST_OWNER + this.shape.domain(vcpu, 0);
    for (let index = page; index < this.owner.length; index += this.shape.pages) {
      const owner = this.owner[index]!;
      if (owner < first || owner >= first + this.shape.levels) continue;
      // Nothing worse can happen to it, so what it was before is forgotten.
      this.ages[index] = HOST;
      this.npt12[index] = 0;
    }
    for (let table = 0; table < this.shape.tables; table += 1) this.zapped(vcpu, table, page);
  }

  vcpuDied(vcpu: number): void {
    const first = FIRST_OWNER + this.shape.domain(vcpu, 0);
    for (let index = 0; index < this.owner.length; index += 1) {
      const owner = this.owner[index]!;
      if (owner < first || owner >= first + this.shape.levels) continue;
      this.owner[index] = DEAD_VM;
      this.ages[index] = 0;
      this.npt12[index] = 0;
    }
    for (let level = 0; level < this.shape.levels; level += 1)
      this.live[this.shape.domain(vcpu, level)] = 0;
    for (let table = 0; table < this.shape.tables; table += 1) {
      for (let page = 0; page < this.shape.pages; page += 1) this.zapped(vcpu, table, page);
    }
  }

  dropPage(pcpu: number, asid: number, page: number): void {
    const index = this.shape.entryIndex(pcpu, asid, page);
    this.owner[index] = 0;
    this.ages[index] = 0;
    this.npt12[index] = 0;
  }

  dropAsid(pcpu: number, asid: number): void {
    for (let page = 0; page < this.shape.pages; page += 1) this.dropPage(pcpu, asid, page);
  }

  dropAll(pcpu: number): void {
    for (let asid = 0; asid < this.shape.asids; asid += 1) this.dropAsid(pcpu, asid);
  }

  testedByEntry(vcpu: number, level: number, pcpu: number, hasMoved: boolean): number {
    const own = this.shape.domain(vcpu, level);
    const from = this.shape.entryIndex(pcpu, 0, 0);
    const to = this.shape.entryIndex(pcpu + 1, 0, 0);
    let tested = 0;
    for (let index = from; index < to; index += 1) {
      const owner = this.owner[index]!;
      if (owner === 0) continue;
      if (owner === DEAD_VM) tested = exercise(tested, 'O2 FIRST-USE');
      else if (owner - FIRST_OWNER !== own) {
        tested = exercise(tested, this.testedByNeighbour(vcpu, level, owner - FIRST_OWNER));
      } else if (hasMoved && this.ages[index] !== 0) tested = exercise(tested, 'O3 PCPU-RETURN');
    }
    return tested;
  }

  private testedByNeighbour(vcpu: number, level: number, domain: number): Obligation {
    const other = this.shape.vcpuOf(domain);
    if (!this.shape.areOfOneVm(vcpu, other)) return 'O1 TAG-UNIQUE';
    if (other !== vcpu) return 'O4 VCPU-SHARE';
    return level === 0 || this.shape.levelOf(domain) === 0 ? 'O5 LEVEL-SEP' : 'O6 ASID12-SEP';
  }

  testedByShadows(vcpu: number): number {
    const from = this.shape.shadowIndex(vcpu, 0, 0);
    const to = this.shape.shadowIndex(vcpu + 1, 0, 0);
    return this.shadow.subarray(from, to).includes(2) ? exercise(0, 'O11 SYNC') : 0;
  }

  /** Moves one layer of the entries of a domain's page, or those of one NPT12, from an age to the next. */
  private age(
    domain: number,
    page: number,
    layer: number,
    from: number,
    to: number,
    npt12 = 0,
  ): void {
    const owner = FIRST_OWNER + domain;
    for (let index = page; index < this.owner.length; index += this.shape.pages) {
      if (this.owner[index] !== owner) continue;
      if (npt12 > 0 && this.npt12[index] !== npt12) continue;
      const ages = this.ages[index]!;
      if (ages >= HOST) continue;
      const own = layer === 1 ? ages % NESTED : (ages - (ages % NESTED)) / NESTED;
      if (own === from) this.ages[index] = ages + layer * (to - from);
    }
  }
}

/** By level. */
export const LEVEL_BITS = [1, 2, 4, 8] as const;
