import type { UserError } from '../../util/user-error.ts';
import type { PageSwitchSink } from '../importer.ts';

/** 4 KiB pages, whatever the program's own page size: what the model's smallest entry maps. */
const PAGE_BYTES = 4096;

/** With 57-bit addresses: the first page above the lower half, and the first of the upper one. */
const LOWER_HALF_END = 0x1000_0000_0000;
const UPPER_HALF_START = 0xf_f000_0000_0000;
/** An access at the very end of the address space would reach this page. */
const UPPER_HALF_END = 0x10_0000_0000_0000;

/**
 * Whether x86-64 can address a page: with five-level paging bits 63 to 57 equal bit 56. A page that
 * is not so is damaged, of another machine, or no page.
 */
export function isCanonical(page: number): boolean {
  return page < LOWER_HALF_END || (page >= UPPER_HALF_START && page < UPPER_HALF_END);
}

/**
 * Turns accesses into moves between pages. A touch of the page that the last touch of its kind
 * (code or data) was on is dropped: no TLB with least-recently-used replacement can see it, and the
 * instruction clock keeps its time. Nothing else is dropped.
 */
export class PageSwitches {
  instructions = 0;
  dataAccesses = 0;
  /** Moves given to the sink. */
  records = 0;
  private readonly sink: PageSwitchSink;
  private readonly refuse: (page: number) => UserError;
  private codePage = -1;
  private dataPage = -1;
  private recorded = 0;

  /** `refuse` makes the error for a page that can't be, at the decoder's place. */
  constructor(sink: PageSwitchSink, refuse: (page: number) => UserError) {
    this.sink = sink;
    this.refuse = refuse;
  }

  /** An instruction whose first byte lies `offset` bytes into a page. */
  instruction(page: number, offset: number, bytes: number): void {
    this.instructions += 1;
    this.fetch(page, offset, bytes);
  }

  /** Instructions that the trace does not show. */
  execute(instructions: number): void {
    this.instructions += instructions;
  }

  /** Code that is read without being counted as an instruction. */
  fetch(page: number, offset: number, bytes: number): void {
    if (page !== this.codePage) this.move(page, false);
    if (offset + bytes > PAGE_BYTES) this.cross(page, offset + bytes, false);
  }

  /** A load, a store, or both at once, by the latest instruction. */
  access(page: number, offset: number, bytes: number): void {
    this.dataAccesses += 1;
    if (page !== this.dataPage) this.move(page, true);
    if (offset + bytes > PAGE_BYTES) this.cross(page, offset + bytes, true);
  }

  private move(page: number, isData: boolean): void {
    if (!isCanonical(page)) throw this.refuse(page);
    if (isData) this.dataPage = page;
    else this.codePage = page;
    this.sink.record(page, isData, this.instructions - this.recorded);
    this.recorded = this.instructions;
    this.records += 1;
  }

  /** The further pages that an access reaches, the hardware looks each of them up. */
  private cross(page: number, end: number, isData: boolean): void {
    const last = page + Math.ceil(end / PAGE_BYTES) - 1;
    for (let next = page + 1; next <= last; next += 1) this.move(next, isData);
  }
}

/** The cause in the error for a page that is not canonical. */
export function impossiblePage(page: number): string {
  return `no x86-64 program can use an address in page 0x${page.toString(16)}`;
}
