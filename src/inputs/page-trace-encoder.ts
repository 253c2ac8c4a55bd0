import { PageIndex } from './page-index.ts';

/**
 * Takes the encoder's two streams as they grow, because PTR1 stores them one after the other and
 * a trace need not fit into memory. Bytes may be kept: they are never written again.
 */
export interface StreamSink {
  readonly index: (bytes: Uint8Array) => void;
  readonly clock: (bytes: Uint8Array) => void;
}

/** What a finished trace is called and how long it is. */
export interface PageTraceTitle {
  readonly name: string;
  /** The tool that recorded it. */
  readonly source: string;
  /** Instructions of the whole trace, those after the last record included. */
  readonly instructions: number;
}

const INT32_LIMIT = 2_147_483_647;
/** 64-bit addresses have 52-bit page numbers. */
const PAGE_NUMBER_LIMIT = 4_503_599_627_370_496;
const CHUNK_BYTES = 65_536;
/** 8 × 7 bits hold every number below 2^53. */
const LONGEST_VARINT = 8;
/** An index is stored times two plus one, in 31 bits. */
const MOST_PAGES = 1_073_741_823;

/** Unsigned LEB128 numbers, handed on in chunks. */
class VarintStream {
  private readonly hand: (bytes: Uint8Array) => void;
  private chunk = new Uint8Array(CHUNK_BYTES);
  private used = 0;
  /** Bytes written so far. */
  length = 0;

  constructor(hand: (bytes: Uint8Array) => void) {
    this.hand = hand;
  }

  write(value: number): void {
    if (this.used > CHUNK_BYTES - LONGEST_VARINT) this.flush();
    const { chunk } = this;
    let rest = value;
    let at = this.used;
    while (rest >= 0x80) {
      const quotient = Math.floor(rest / 0x80);
      chunk[at] = rest - quotient * 0x80 + 0x80;
      rest = quotient;
      at += 1;
    }
    chunk[at] = rest;
    this.used = at + 1;
  }

  flush(): void {
    if (this.used === 0) return;
    this.length += this.used;
    this.hand(this.chunk.subarray(0, this.used));
    this.chunk = new Uint8Array(CHUNK_BYTES);
    this.used = 0;
  }
}

/**
 * Writes a PTR1 page trace, record by record, in memory that grows with the number of pages and
 * not with the length. The file is what `finish` returns, then all of the index stream, then all
 * of the clock stream.
 */
export class PageTraceEncoder {
  private readonly pages = new PageIndex();
  private readonly index: VarintStream;
  private readonly clock: VarintStream;
  private lastTouch = 0;
  private written = 0;

  constructor(sink: StreamSink) {
    this.index = new VarintStream(sink.index);
    this.clock = new VarintStream(sink.clock);
  }

  /** Records written so far. */
  get records(): number {
    return this.written;
  }

  /** Different pages so far. */
  get pageCount(): number {
    return this.pages.size;
  }

  /**
   * A move to another page. `page` is a 4 KiB page number below 2^52, `instructions` those executed
   * since the move before. Throws `RangeError` for what the format can't hold.
   */
  record(page: number, isData: boolean, instructions: number): void {
    if (!(instructions >= 0 && page >= 0 && page < PAGE_NUMBER_LIMIT)) {
      throw new RangeError(`page ${page} after ${instructions} instructions`);
    }
    let gap = instructions;
    // A gap has 31 bits. A touch of the page that is current anyway changes no TLB.
    while (gap > INT32_LIMIT) {
      if (this.written === 0) throw new RangeError(`${gap} instructions before the first record`);
      this.write(this.lastTouch, INT32_LIMIT);
      gap -= INT32_LIMIT;
    }
    const index = this.pages.indexOf(page);
    if (index >= MOST_PAGES) throw new RangeError('more than 2^30 different pages');
    this.lastTouch = index * 2 + (isData ? 1 : 0);
    this.write(this.lastTouch, gap);
  }

  private write(touch: number, gap: number): void {
    this.index.write(touch);
    this.clock.write(gap);
    this.written += 1;
  }

  /** Hands on what is left of the streams and returns the header line and the page table. */
  finish(title: PageTraceTitle): Uint8Array {
    this.index.flush();
    this.clock.flush();
    const table: Uint8Array[] = [];
    const numbers = new VarintStream((bytes) => table.push(bytes));
    let previous = 0;
    for (let index = 0; index < this.pages.size; index += 1) {
      const difference = this.pages.pageAt(index) - previous;
      numbers.write(difference >= 0 ? difference * 2 : -difference * 2 - 1);
      previous += difference;
    }
    numbers.flush();
    const header = {
      format: 'PTR1',
      name: title.name,
      source: title.source,
      pageSize: 4096,
      pages: this.pages.size,
      records: this.written,
      instructions: title.instructions,
      sections: [numbers.length, this.index.length, this.clock.length],
    };
    return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...table]);
  }
}
