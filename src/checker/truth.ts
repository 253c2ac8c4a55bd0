import { addBit, hasBit } from '../hypervisor/requests.ts';
import type { WorldSpec } from './world-spec.ts';

/** How far behind its page tables a translation is, in one layer of them. */
export const AGE = {
  current: 0,
  /** The table changed, and the owner has not flushed yet: it may be used. */
  old: 1,
  /** The owner has flushed: using it is a violation. */
  dead: 2,
} as const;

/** Of an entry that nobody may use any more: its VM is dead. */
export const DEAD_VM = 1;
const FIRST_OWNER = 2;

/** What an access found. */
export const HIT = { fine: 0, filled: 1, violation: 2 } as const;

/** Why an access was a violation. */
export interface BadHit {
  /** Domain of the entry, or DEAD_DOMAIN. */
  readonly entryDomain: number;
  readonly domain: number;
  readonly layer: 'owner' | 'host' | 'guest' | 'nested';
  /** A TLB entry, or a shadow PTE that a miss refilled from. */
  readonly from: 'tlb' | 'shadow';
}
export const DEAD_DOMAIN = -1;

const NESTED = 3;
const HOST = 9;

/**
 * The unbounded TLB of each pCPU, L0's shadow PTEs, and what each of them is still good for.
 *
 * A *domain* is whom translations belong to: L1 of a vCPU, or one asid12 of it. Instead of versions,
 * which grow without bound, an entry carries its age in each layer: a change of a table makes entries
 * old, and a flush that architecturally covers the change makes the old ones of its domain dead. An
 * entry that hardware really flushed is gone. Whatever else happened before cannot matter later, so
 * these few values are exact.
 */
export class Truth {
  /** Levels of a vCPU: L1, and each asid12. */
  readonly levels: number;
  /** Tables of a vCPU that L0 may shadow: each NPT12 behind L1's, or one of each level. */
  readonly tables: number;
  private readonly pages: number;
  private readonly asids: number;
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
  /** A domain has run since its last full flush, so it may hold translations. */
  readonly live: Uint8Array;
  private readonly l0Shadows: boolean;
  private readonly l1Nests: boolean;
  /** A tag that is new to its level has no guest-physical translations either. */
  private readonly tagsNested: boolean;
  /** A bound, not hardware: what is stale is gone at once. */
  private readonly vanishes: boolean;
  bad: BadHit | null = null;

  constructor(spec: WorldSpec, tagsNested: boolean, vanishes: boolean) {
    this.tagsNested = tagsNested;
    this.vanishes = vanishes;
    const vcpus = spec.vms.reduce((sum, count) => sum + count, 0);
    this.levels = spec.l2s + 1;
    this.tables = spec.nptEnabled ? 1 + spec.npt12s : this.levels;
    this.pages = spec.pages;
    this.asids = spec.asidCount;
    this.l0Shadows = !spec.nptEnabled;
    this.l1Nests = spec.nestedPaging;
    const entries = spec.pcpus * spec.asidCount * spec.pages;
    this.owner = new Uint8Array(entries);
    this.ages = new Uint8Array(entries);
    this.npt12 = new Uint8Array(entries);
    this.shadow = new Uint8Array(vcpus * this.tables * spec.pages);
    this.shadowDead = new Uint8Array(this.shadow.length);
    this.live = new Uint8Array(vcpus * this.levels);
  }

  domain(vcpu: number, level: number): number {
    return vcpu * this.levels + level;
  }

  /** The table that a level's shadow PTEs belong to: guests have one of their own, L2s run on an NPT12. */
  tableOf(level: number, npt12: number): number {
    return this.l0Shadows || level === 0 ? level : npt12;
  }

  shadowIndex(vcpu: number, table: number, page: number): number {
    return (vcpu * this.tables + table) * this.pages + page;
  }

  /** True when L0 shadows the table that this level's misses go through. */
  isShadowed(level: number): boolean {
    return this.l0Shadows || (level > 0 && this.l1Nests);
  }

  private entryIndex(pcpu: number, asid: number, page: number): number {
    return (pcpu * this.asids + asid) * this.pages + page;
  }

  /** The owner byte of an entry: 0 for none. */
  ownerAt(pcpu: number, asid: number, page: number): number {
    return this.owner[this.entryIndex(pcpu, asid, page)]!;
  }

  ageAt(pcpu: number, asid: number, page: number): number {
    return this.ages[this.entryIndex(pcpu, asid, page)]!;
  }

  npt12At(pcpu: number, asid: number, page: number): number {
    return this.npt12[this.entryIndex(pcpu, asid, page)]!;
  }

  setEntry(
    pcpu: number,
    asid: number,
    page: number,
    owner: number,
    age: number,
    npt12: number,
  ): void {
    const index = this.entryIndex(pcpu, asid, page);
    this.owner[index] = owner;
    this.ages[index] = age;
    this.npt12[index] = npt12;
  }

  isShadowDead(at: number, level: number): boolean {
    return hasBit(this.shadowDead[at]!, LEVEL_BITS[level]!);
  }

  /** An access by a level; an L2's goes through an NPT12. A violation is left in `bad`. */
  access(
    pcpu: number,
    asid: number,
    page: number,
    vcpu: number,
    level: number,
    npt12: number,
  ): number {
    const index = this.entryIndex(pcpu, asid, page);
    const owner = this.owner[index]!;
    const domain = this.domain(vcpu, level);
    if (owner !== 0) {
      const found = this.hit(index, owner, domain);
      if (found !== HIT.violation || !this.vanishes) return found;
    }
    const age = this.isShadowed(level)
      ? this.refill(vcpu, level, this.tableOf(level, npt12), page)
      : AGE.current;
    if (age === AGE.dead) return HIT.violation;
    this.owner[index] = FIRST_OWNER + domain;
    this.ages[index] = age * (this.l0Shadows ? 1 : NESTED);
    this.npt12[index] = level > 0 && this.l1Nests ? npt12 : 0;
    return HIT.filled;
  }

  /** The age of a shadow PTE that a miss refills from, made if there was none; a dead one is `bad`. */
  private refill(vcpu: number, level: number, table: number, page: number): number {
    const at = this.shadowIndex(vcpu, table, page);
    if (this.shadow[at] === 2 && this.vanishes) this.synced(vcpu, table, page);
    if (this.shadow[at] !== 2) {
      this.shadow[at] = 1;
      return AGE.current;
    }
    if (!this.isShadowDead(at, level)) return AGE.old;
    const domain = this.domain(vcpu, level);
    const layer = this.l0Shadows ? 'guest' : 'nested';
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

  /** A level's own table changed: its PTE of the page. */
  guestChanged(vcpu: number, level: number, page: number): void {
    this.age(this.domain(vcpu, level), page, 1, AGE.current, AGE.old);
    if (this.l0Shadows) this.shadowBehind(this.shadowIndex(vcpu, level, page));
  }

  /** L1 changed one of its NPT12s. */
  nestedChanged(vcpu: number, page: number, npt12: number): void {
    for (let level = 1; level < this.levels; level += 1) {
      this.age(this.domain(vcpu, level), page, NESTED, AGE.current, AGE.old, npt12);
    }
    this.shadowBehind(this.shadowIndex(vcpu, npt12, page));
  }

  private shadowBehind(at: number): void {
    if (this.shadow[at] !== 1) return;
    this.shadow[at] = 2;
    this.shadowDead[at] = 0;
  }

  /** A flush by the guest covers what changed in its own table of this page. */
  pageFlushed(vcpu: number, level: number, page: number): void {
    this.age(this.domain(vcpu, level), page, 1, AGE.old, AGE.dead);
    if (this.l0Shadows) this.killShadow(vcpu, level, level, page);
  }

  /** Likewise of all pages: MOV CR3, INVPCID. */
  guestFlushed(vcpu: number, level: number): void {
    for (let page = 0; page < this.pages; page += 1) this.pageFlushed(vcpu, level, page);
  }

  /**
   * A flush of a whole ASID of L1's making: it covers changes of NPT12 too. Value 7 of TLB_CONTROL
   * flushes non-global entries; whether it reaches nested translations is not documented, so it is
   * not counted against a shadow of NPT12.
   */
  asidFlushed(vcpu: number, level: number, reachesNested: boolean): void {
    const domain = this.domain(vcpu, level);
    for (let page = 0; page < this.pages; page += 1) {
      this.age(domain, page, 1, AGE.old, AGE.dead);
      this.age(domain, page, NESTED, AGE.old, AGE.dead);
      if (this.l0Shadows) this.killShadow(vcpu, level, level, page);
      else if (this.isShadowed(level) && reachesNested) {
        // Whichever NPT12 the entries came from.
        for (let table = 1; table < this.tables; table += 1) {
          this.killShadow(vcpu, level, table, page);
        }
      }
    }
    if (reachesNested) this.live[domain] = 0;
  }

  /** A domain runs. If it holds nothing, whatever changed before is none of its business. */
  started(vcpu: number, level: number): void {
    const domain = this.domain(vcpu, level);
    if (this.live[domain] === 0 && this.tagsNested) this.asidFlushed(vcpu, level, true);
    else if (this.live[domain] === 0) this.guestFlushed(vcpu, level);
    this.live[domain] = 1;
  }

  private killShadow(vcpu: number, level: number, table: number, page: number): void {
    const at = this.shadowIndex(vcpu, table, page);
    if (this.shadow[at] === 2)
      this.shadowDead[at] = addBit(this.shadowDead[at]!, LEVEL_BITS[level]!);
  }

  /** L0 has brought a shadow PTE up to date. */
  synced(vcpu: number, table: number, page: number): void {
    const at = this.shadowIndex(vcpu, table, page);
    if (this.shadow[at] === 2) this.shadow[at] = 1;
    this.shadowDead[at] = 0;
  }

  /** L0 has removed a shadow PTE. */
  zapped(vcpu: number, table: number, page: number): void {
    const at = this.shadowIndex(vcpu, table, page);
    this.shadow[at] = 0;
    this.shadowDead[at] = 0;
  }

  /** The host took a page of a vCPU's VM back, and its remote flush has returned. */
  hostTook(vcpu: number, page: number): void {
    const first = FIRST_OWNER + this.domain(vcpu, 0);
    for (let index = page; index < this.owner.length; index += this.pages) {
      const owner = this.owner[index]!;
      if (owner < first || owner >= first + this.levels) continue;
      // Nothing worse can happen to it, so what it was before is forgotten.
      this.ages[index] = HOST;
      this.npt12[index] = 0;
    }
    for (let table = 0; table < this.tables; table += 1) this.zapped(vcpu, table, page);
  }

  /** A VM died: whoever hits what it left behind is wrong. */
  vcpuDied(vcpu: number): void {
    const first = FIRST_OWNER + this.domain(vcpu, 0);
    for (let index = 0; index < this.owner.length; index += 1) {
      const owner = this.owner[index]!;
      if (owner < first || owner >= first + this.levels) continue;
      this.owner[index] = DEAD_VM;
      this.ages[index] = 0;
      this.npt12[index] = 0;
    }
    for (let level = 0; level < this.levels; level += 1) this.live[this.domain(vcpu, level)] = 0;
    for (let table = 0; table < this.tables; table += 1) {
      for (let page = 0; page < this.pages; page += 1) this.zapped(vcpu, table, page);
    }
  }

  /** Hardware: one page of an ASID. */
  dropPage(pcpu: number, asid: number, page: number): void {
    const index = this.entryIndex(pcpu, asid, page);
    this.owner[index] = 0;
    this.ages[index] = 0;
    this.npt12[index] = 0;
  }

  /** Hardware: an ASID. */
  dropAsid(pcpu: number, asid: number): void {
    for (let page = 0; page < this.pages; page += 1) this.dropPage(pcpu, asid, page);
  }

  /** Hardware: everything on a pCPU. */
  dropAll(pcpu: number): void {
    for (let asid = 0; asid < this.asids; asid += 1) this.dropAsid(pcpu, asid);
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
    for (let index = page; index < this.owner.length; index += this.pages) {
      if (this.owner[index] !== owner) continue;
      if (npt12 > 0 && this.npt12[index] !== npt12) continue;
      const ages = this.ages[index]!;
      if (ages >= HOST) continue;
      const own = layer === 1 ? ages % NESTED : (ages - (ages % NESTED)) / NESTED;
      if (own === from) this.ages[index] = ages + layer * (to - from);
    }
  }
}

const LEVEL_BITS = [1, 2, 4, 8] as const;
