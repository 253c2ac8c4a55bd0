import { KIND, type Ledger } from '../cost/ledger.ts';
import { Context, type StaleHitSink } from './context.ts';
import type { BroadcastFlush } from './invlpgb.ts';
import { LineCache } from './line-cache.ts';
import type { MachineConfig } from './machine-config.ts';
import * as pages from './page-rows.ts';
import type { PageTables } from './page-tables.ts';
import { PlainHits } from './plain-hits.ts';
import * as tlb from './tagged-tlb.ts';
import { type ContextTags, TagSpace } from './tags.ts';
import { buildTlbArrays, type TlbArrays } from './tlb-arrays.ts';
import { TLB_CONTROL } from './tlb-control.ts';
import * as plans from './touch-plan.ts';
import type { TouchStream } from './touch-stream.ts';
import { Walker } from './walker.ts';

// Local, as in tagged-tlb.ts.
const { IS_GLOBAL, KEY, LOW, REQUIRED, ROW, SIZE } = pages;
const { TRACE } = tlb;
const { BLOCK, FAR, lowerBound } = plans;
const SECOND_LEVEL_HIT = KIND.secondLevelHit!;

/** In place of the key that a plan evicts. */
const NOT_PLANNED = -1;
/** Below this many touches a plan saves nothing. */
const SHORTEST_PLANNED = 16;

export interface PcpuOptions {
  readonly config: MachineConfig;
  readonly tables: PageTables;
  readonly ledger: Ledger;
  readonly stale: StaleHitSink;
  /** Owner of what the host touches. */
  readonly hostOwner: number;
  /** Oracle time, read when an entry is filled. */
  readonly now: () => number;
  /** A bound, not hardware: stale entries are passed over for free. */
  readonly skipsStale: boolean;
}

/**
 * One physical CPU as software sees it: VMRUN with an ASID and a TLB_CONTROL, #VMEXIT, INVLPGA,
 * MOV CR3, INVLPG, and memory accesses. Knows no hypervisor.
 */
export class Pcpu {
  readonly arrays: TlbArrays;
  private readonly tags = new TagSpace();
  private readonly ledger: Ledger;
  private readonly tables: PageTables;
  private readonly walker: Walker;
  private readonly plainHits: PlainHits;
  private readonly lines: LineCache;
  private readonly stale: StaleHitSink;
  private readonly now: () => number;
  private readonly skipsStale: boolean;
  private readonly host: Context;
  private readonly guest: Context;
  private context: Context;
  /** Of the page that `dropPage` takes away; kept, so that an INVLPG makes no garbage. */
  private readonly dropped: ContextTags = { leaf: 0, global: 0, upper: 0, nested: 0 };
  /** Set by each stale hit. */
  private sawStale = false;

  constructor(options: PcpuOptions) {
    const { config, tables, ledger, stale } = options;
    this.ledger = ledger;
    this.tables = tables;
    this.stale = stale;
    this.now = options.now;
    this.skipsStale = options.skipsStale;
    this.arrays = buildTlbArrays(config, this.tags);
    this.plainHits = new PlainHits(this.arrays);
    this.lines = new LineCache(config);
    this.walker = new Walker(tables, this.arrays, this.lines, ledger, stale, options.skipsStale);
    this.host = new Context(0, options.hostOwner);
    this.guest = new Context(1, options.hostOwner);
    this.context = this.host;
    this.refreshTags();
  }

  /** To be called after rows were added to the page tables and before they are accessed. */
  reserve(): void {
    for (const array of this.arrays.all) array.reserveKeys(this.tables.keys.size);
    this.lines.reserveLines(this.tables.lineCount);
  }

  /** VMRUN: the flush that TLB_CONTROL asks for, then the guest's context with its CR3's PCID. */
  vmrun(asid: number, tlbControl: number, owner: number, pcid = 0): void {
    if (asid === 0) throw new RangeError('VMRUN with ASID 0 fails with VMEXIT_INVALID');
    this.flush(asid, tlbControl);
    this.ledger.charge(KIND.worldSwitch, 1);
    this.guest.asid = asid;
    this.guest.pcid = pcid;
    this.guest.owner = owner;
    this.context = this.guest;
    this.refreshTags();
  }

  /** #VMEXIT: the host's context; no flush. */
  vmexit(): void {
    this.context = this.host;
    this.refreshTags();
  }

  /** One page of any ASID, and that ASID's upper-level entries (AMD APM vol. 3, INVLPGA). */
  invlpga(asid: number, mapping: number): void {
    this.ledger.charge(KIND.invlpga, 1);
    for (const pcid of this.tags.pcidNumbers(asid)) this.dropPage(asid, pcid, mapping);
    this.tags.flushUpperLevels(asid);
    this.refreshTags();
  }

  /** INVVPID of one context, or INVEPT where one tag stands for one root: every entry of the tag. */
  invvpid(asid: number): void {
    this.flush(asid, TLB_CONTROL.flushAsid);
    this.refreshTags();
  }

  /**
   * INVLPG in the running context: the page, global or not, with all pieces of it that smaller nested
   * pages have made (AMD APM vol. 2, 15.25.9). With EFER.TCE clear, its reset
   * value, all upper-level entries of the ASID go too; with TCE only those above the page, which
   * cost the next walk no more than the page itself does.
   */
  invlpg(mapping: number, translationCacheExtension = false): void {
    this.ledger.charge(KIND.invlpg, 1);
    this.dropPage(this.context.asid, this.context.pcid, mapping);
    if (!translationCacheExtension) this.tags.flushUpperLevels(this.context.asid);
    this.refreshTags();
  }

  /**
   * INVPCID in the running context, by type: 0 a page unless it is global, 1 a PCID, 2 all with globals,
   * 3 without (AMD APM vol. 3, INVPCID).
   */
  invpcid(type: 0 | 1 | 2 | 3, pcid: number, mapping: number): void {
    this.ledger.charge(KIND.invlpg, 1);
    const { asid } = this.context;
    if (type === 0) this.dropPage(asid, pcid, mapping, false);
    else if (type === 1) this.tags.flushPcid(asid, pcid);
    else this.tags.flushNonGlobal(asid);
    if (type === 2) this.tags.flushGlobal(asid);
    if (type === 0) this.tags.flushUpperLevels(asid);
    this.refreshTags();
  }

  /** SMI, RSM, writes to MTRRs: every entry of every ASID (AMD APM vol. 2, 5.5.2). */
  flushEverything(): void {
    this.tags.flushEverything();
    this.refreshTags();
  }

  /** Carries out another pCPU's INVLPGB, or one of its own; the issuer pays. */
  acceptBroadcast(flush: BroadcastFlush): void {
    const asids = flush.asid === null ? this.tags.asidNumbers() : [flush.asid];
    for (const asid of asids) this.flushBroadcast(asid, flush);
    this.refreshTags();
  }

  private flushBroadcast(asid: number, flush: BroadcastFlush): void {
    const pcids = flush.pcid === null ? this.tags.pcidNumbers(asid) : [flush.pcid];
    for (const pcid of pcids) {
      if (flush.mappings === null) this.tags.flushPcid(asid, pcid);
      else for (const mapping of flush.mappings) this.dropPage(asid, pcid, mapping);
    }
    if (flush.mappings === null && flush.includeGlobal) this.tags.flushGlobal(asid);
    if (flush.mappings !== null && !flush.finalOnly) this.tags.flushUpperLevels(asid);
    if (flush.includeNested) this.tags.flushNested(asid);
  }

  /** MOV CR3 in the running context; `keepEntries` is bit 63 of the value when PCIDs are on. */
  movCr3(pcid: number, keepEntries: boolean): void {
    this.ledger.charge(KIND.movCr3, 1);
    this.context.pcid = pcid;
    if (!keepEntries) this.tags.flushPcid(this.context.asid, pcid);
    this.refreshTags();
  }

  /** A change of CR4.PGE, PAE, PSE or CR0.PG in the running context: its globals go too. */
  changePagingMode(): void {
    this.ledger.charge(KIND.movCr3, 1);
    this.tags.flushAsid(this.context.asid);
    this.refreshTags();
  }

  /** Runs the touches [from, to) in the current context. */
  run(stream: TouchStream, from: number, to: number): void {
    const { plan } = stream;
    // Positions come from arithmetic of callers; loops over what may be fractions are slower.
    const first = from | 0;
    const end = to | 0;
    const isPlanned =
      plan !== null &&
      !this.tags.hasPcids &&
      !(plan.use.sharesEntries && this.tables.requiresLarge) &&
      end - first >= SHORTEST_PLANNED;
    if (isPlanned) this.runPlanned(stream, plan, first, end);
    else this.runEach(stream, first, end);
  }

  /** Touch by touch: the definition of what `run` does is `touch`. */
  private runEach(stream: TouchStream, from: number, to: number): void {
    const { touches, rows } = stream;
    const { context, plainHits } = this;
    const { firstData, firstCode } = this.arrays;
    const columns = this.tables.rows;
    plainHits.begin(stream, to - from);
    this.sawStale = false;
    for (let i = from; i < to; i += 1) {
      i = plainHits.pass(stream, columns, context, i, to);
      if (i >= to) return;
      const touch = touches[i]!;
      const mapping = rows[touch]!;
      const row = mapping * ROW;
      this.touch(mapping, (touch & 1) === 1 ? 1 : 0);
      const first = ((touch & 1) === 1 ? firstData : firstCode)[columns[row + SIZE]!]!;
      if (this.sawStale) plainHits.forgetAll();
      else plainHits.renew(touch, row, columns, first);
      this.sawStale = false;
    }
  }

  /** The same with a plan: only the touches that are not certain hits, or that end a page's use. */
  private runPlanned(stream: TouchStream, plan: plans.TouchPlan, from: number, to: number): void {
    const { touches, rows } = stream;
    const { sinceLast, untilNext, leastLast, greatestNext } = plan;
    const { forcedAt, forcedTouch, forcedVictim } = plan;
    const columns = this.tables.rows;
    const { firstData, firstCode } = this.arrays;
    for (const array of this.arrays.first) array.beginStretch(to - from);
    this.sawStale = false;
    let forced = lowerBound(forcedAt, from);
    let nextForced = forcedAt[forced]!;
    let block = (from / BLOCK) | 0;
    for (let begin = from; begin < to; block += 1) {
      const end = Math.min(to, (block + 1) * BLOCK);
      const hasOnlyForced = leastLast[block]! >= from && greatestNext[block]! < to;
      for (let i = begin; i < end; i += 1) {
        let victim = NOT_PLANNED;
        let touch: number;
        if (hasOnlyForced) {
          i = nextForced;
          if (i >= end) break;
        }
        if (nextForced === i) {
          touch = forcedTouch[forced]!;
          victim = columns[rows[forcedVictim[forced]!]! * ROW + KEY]!;
          forced += 1;
          nextForced = forcedAt[forced]!;
        } else {
          const since = sinceLast[i]!;
          const until = untilNext[i]!;
          if (since <= i - from && until < to - i && since !== FAR && until !== FAR) continue;
          touch = touches[i]!;
        }
        const row = rows[touch]! * ROW;
        const data = touch & 1;
        const first = (data === 1 ? firstData : firstCode)[columns[row + SIZE]!]!;
        if (victim !== NOT_PLANNED && first.isUsedUp(columns[row + LOW]!)) {
          // All that the set holds was used in this stretch, and this page longer ago.
          this.missFirst(row, data, first, victim);
        } else this.lookUp(row, data, first, victim);
        if (this.sawStale) {
          this.finishEach(stream, plan, from, i + 1, to);
          return;
        }
      }
      begin = end;
    }
  }

  /** After a stale hit nothing is certain: brings the ages up to date and goes on touch by touch. */
  private finishEach(
    stream: TouchStream,
    plan: plans.TouchPlan,
    from: number,
    at: number,
    to: number,
  ) {
    const { touches, rows } = stream;
    for (let i = from; i < at; i += 1) {
      const until = plan.untilNext[i]!;
      if (until < at - i && until !== FAR) continue;
      const touch = touches[i]!;
      const mapping = rows[touch]!;
      const firsts = (touch & 1) === 1 ? this.arrays.firstData : this.arrays.firstCode;
      firsts[this.tables.sizeOf(mapping)]!.renew(this.tables.keyOf(mapping));
    }
    this.runEach(stream, at, to);
  }

  /** Translates one page in the current context. */
  touch(mapping: number, data: 0 | 1): void {
    const columns = this.tables.rows;
    const row = mapping * ROW;
    const { firstData, firstCode } = this.arrays;
    const first = (data === 1 ? firstData : firstCode)[columns[row + SIZE]!]!;
    this.lookUp(row, data, first, NOT_PLANNED);
  }

  private lookUp(row: number, data: number, first: tlb.TaggedTlb, victim: number): void {
    const columns = this.tables.rows;
    const { leaf, global, owner } = this.context;
    const slot = first.lookup(columns[row + KEY]!, leaf, global);
    if (slot < 0) this.missFirst(row, data, first, victim);
    else if (first.ownerOf(slot) !== owner || first.bornOf(slot) < columns[row + REQUIRED]!) {
      if (this.passOver(first, slot, row)) this.missFirst(row, data, first, victim);
    }
  }

  private missFirst(row: number, data: number, first: tlb.TaggedTlb, victim: number): void {
    const columns = this.tables.rows;
    const { leaf, global, owner } = this.context;
    const key = columns[row + KEY]!;
    const low = columns[row + LOW]!;
    const { secondData, secondCode } = this.arrays;
    const second = (data === 1 ? secondData : secondCode)[columns[row + SIZE]!]!;
    const slot = second.lookup(key, leaf, global);
    if (slot >= 0) {
      const isStale =
        second.ownerOf(slot) !== owner || second.bornOf(slot) < columns[row + REQUIRED]!;
      if (!isStale || !this.passOver(second, slot, row)) {
        this.ledger.charge(SECOND_LEVEL_HIT, 1);
        first.fill(key, low, second.tagOf(slot), second.ownerOf(slot), second.bornOf(slot), victim);
        return;
      }
    }
    const reason = this.missReason(key, first, second);
    const born = this.walker.walk(row, this.context, reason, this.now());
    if (born < columns[row + REQUIRED]!) {
      this.sawStale = true;
      this.stale.staleHit(owner, owner, row / ROW);
    }
    const tag = columns[row + IS_GLOBAL] === 1 ? global : leaf;
    second.fill(key, low, tag, owner, born, NOT_PLANNED);
    first.fill(key, low, tag, owner, born, victim);
  }

  /** What took the translation away, as far as the two arrays still show it. */
  private missReason(key: number, first: tlb.TaggedTlb, second: tlb.TaggedTlb): number {
    const { owner } = this.context;
    const trace = second.traceOf(key, owner);
    if (trace === TRACE.flushed) return trace;
    const nearer = first.traceOf(key, owner);
    return nearer === TRACE.none ? trace : nearer;
  }

  /** True when the stale entry was removed and the access is a miss; else it is reported as used. */
  private passOver(array: tlb.TaggedTlb, slot: number, row: number): boolean {
    this.sawStale = true;
    if (this.skipsStale) {
      array.removeSlot(slot);
      return true;
    }
    this.stale.staleHit(array.ownerOf(slot), this.context.owner, row / ROW);
    return false;
  }

  private flush(asid: number, tlbControl: number): void {
    if (tlbControl === TLB_CONTROL.doNothing) return;
    if (tlbControl === TLB_CONTROL.flushAllAsids) {
      this.ledger.charge(KIND.flushAll, 1);
      this.tags.flushEverything();
    } else if (tlbControl === TLB_CONTROL.flushAsid) {
      this.ledger.charge(KIND.flushAsid, 1);
      this.tags.flushAsid(asid);
    } else if (tlbControl === TLB_CONTROL.flushAsidNonGlobal) {
      this.ledger.charge(KIND.flushAsid, 1);
      this.tags.flushNonGlobal(asid);
    } else {
      throw new RangeError(`TLB_CONTROL ${tlbControl} is reserved`);
    }
  }

  /** Every piece of one page; its global entries only `withGlobals`. */
  private dropPage(asid: number, pcid: number, mapping: number, withGlobals = true): void {
    const { leaf, global } = this.tags.tagsFor(asid, pcid, this.dropped);
    const other = withGlobals ? global : leaf;
    let piece = mapping;
    do {
      this.dropPiece(piece, leaf, other);
      piece = this.tables.nextPieceOf(piece);
    } while (piece !== mapping);
  }

  private dropPiece(mapping: number, tagA: number, tagB: number): void {
    const key = this.tables.keyOf(mapping);
    const size = this.tables.sizeOf(mapping);
    const { firstData, firstCode, secondData, secondCode } = this.arrays;
    firstData[size]!.invalidate(key, tagA, tagB);
    firstCode[size]!.invalidate(key, tagA, tagB);
    secondData[size]!.invalidate(key, tagA, tagB);
    secondCode[size]!.invalidate(key, tagA, tagB);
  }

  private refreshTags(): void {
    const { context } = this;
    this.tags.tagsFor(context.asid, context.pcid, context);
  }
}
