import type { AddressSpace, NestedSpace, PageTables } from '../hardware/page-tables.ts';
import type { TlbArrays } from '../hardware/tlb-arrays.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import { NumberMap } from '../util/number-map.ts';
import { prngFor } from '../util/prng.ts';
import type { SizeRule } from './mapped-sizes.ts';
import { FrameAllocator, isGlobalPage } from './memory-layout.ts';
import { streamOf } from './stream-cache.ts';

/** Whose memory it is, and how it is mapped. */
export interface LevelMemoryOptions {
  readonly level: 0 | 1 | 2;
  /** Second dimension of its translations; null for a native walk. */
  readonly nested: NestedSpace | null;
  readonly sizeOf: SizeRule;
  /** In 4 KiB pages. */
  readonly ramPages: number;
  readonly seed: number;
  /** Names the stream of random frames. */
  readonly name: string;
}

/** The memory of L0, of an L1 or of an L2: its page tables, and the rows already made for its pages. */
export class LevelMemory {
  private readonly tables: PageTables;
  private readonly level: 0 | 1 | 2;
  private readonly space: AddressSpace;
  private readonly sizeOf: SizeRule;
  private readonly frames: FrameAllocator;
  private readonly tableFrames = (tableLevel: number, index: number): number =>
    this.frames.tableFrame(tableLevel, index);
  private readonly rows = new NumberMap();
  /** Rows of captured or traced pages by touch (see TouchStream), as far as streams touch them. */
  private readonly rowsByTouch = new Map<Float64Array, Int32Array>();

  constructor(tables: PageTables, options: LevelMemoryOptions) {
    this.tables = tables;
    this.level = options.level;
    this.space = tables.addSpace(options.nested);
    this.sizeOf = options.sizeOf;
    const frames = prngFor(options.seed, `frames of ${options.name}`);
    this.frames = new FrameAllocator(options.ramPages, frames);
  }

  /** The row of a page, made when new. Reserve rows on every pCPU before it is touched. */
  mapping(page: number): number {
    const known = this.rows.get(page);
    if (known >= 0) return known;
    const { own: size, nested } = this.sizeOf(this.level, page);
    const frame = this.frames.pageFrame(page, size);
    const mapping = { page, size, global: isGlobalPage(page), frame };
    const row = this.tables.addMapping(
      this.space,
      nested === null ? mapping : { ...mapping, nestedSize: nested },
      this.tableFrames,
    );
    this.rows.set(page, row);
    return row;
  }

  /** Touches of captured or traced pages as a stream of rows. */
  stream(pages: Float64Array, touches: Int32Array, arrays: TlbArrays): TouchStream {
    let rows = this.rowsByTouch.get(pages);
    if (rows === undefined) {
      rows = new Int32Array(pages.length * 2).fill(-1);
      this.rowsByTouch.set(pages, rows);
    }
    return streamOf(touches, rows, (index) => this.mapping(pages[index]!), arrays, this.tables);
  }
}
