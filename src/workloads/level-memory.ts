import { PAGE_SIZES, type PageSize } from '../hardware/machine-preset.ts';
import type { AddressSpace, NestedSpace } from '../hardware/page-tables.ts';
import type { TlbArrays } from '../hardware/tlb-arrays.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import { NumberMap } from '../util/number-map.ts';
import { prngFor } from '../util/prng.ts';
import { type Backing, FrameAllocator, isGlobalPage, pageSizeOf } from './memory-layout.ts';
import { streamOf } from './stream-cache.ts';
import type { CapturedSizes } from './trips.ts';
import type { World } from './world.ts';

/** The memory of L0, of an L1 or of an L2: its page tables, and the rows already made for its pages. */
export class LevelMemory {
  private readonly world: World;
  private readonly level: 0 | 1 | 2;
  private readonly space: AddressSpace;
  private readonly backing: Backing;
  private readonly frames: FrameAllocator;
  private readonly tableFrames = (tableLevel: number, index: number): number =>
    this.frames.tableFrame(tableLevel, index);
  private readonly rows = new NumberMap();
  /** Rows of captured or traced pages by touch (see TouchStream), as far as streams touch them. */
  private readonly rowsByTouch = new Map<Float64Array, Int32Array>();

  constructor(
    world: World,
    level: 0 | 1 | 2,
    nested: NestedSpace | null,
    ramPages: number,
    name: string,
  ) {
    const { pageSizes, seed } = world.options;
    this.world = world;
    this.level = level;
    this.space = world.tables.addSpace(nested);
    this.backing = ([pageSizes.l0, pageSizes.l1, pageSizes.l2] as const)[level];
    this.frames = new FrameAllocator(ramPages, prngFor(seed, `frames of ${name}`));
  }

  /** The row of a page, made when new. Call `World.reserve` before it is touched. */
  mapping(page: number, captured: MappedSizes | null = null): number {
    const known = this.rows.get(page);
    if (known >= 0) return known;
    const size = captured?.own ?? this.ownSize(page);
    const frame = this.frames.pageFrame(page, size);
    const nested = captured?.nested;
    const row = this.world.tables.addMapping(
      this.space,
      {
        page,
        size,
        global: isGlobalPage(page),
        frame,
        ...(nested === undefined ? {} : { nested }),
      },
      this.tableFrames,
    );
    this.rows.set(page, row);
    return row;
  }

  /** Touches of captured or traced pages as a stream of rows. */
  stream(
    pages: Float64Array,
    sizes: CapturedSizes | null,
    touches: Int32Array,
    arrays: TlbArrays,
  ): TouchStream {
    const captured = this.world.options.pageSizes.captured === true ? sizes : null;
    let rows = this.rowsByTouch.get(pages);
    if (rows === undefined) {
      rows = new Int32Array(pages.length * 2).fill(-1);
      this.rowsByTouch.set(pages, rows);
    }
    return streamOf(
      touches,
      rows,
      (index) => this.mapping(pages[index]!, captured && sizesOf(captured, index)),
      arrays,
      this.world.tables,
    );
  }

  /** Shadow page tables map no more than both tables that they stand for. */
  private ownSize(page: number) {
    const { paging, pageSizes } = this.world.options;
    const own = pageSizeOf(page, this.backing);
    if (own === '4K' || this.level === 0) return own;
    const isShadowed = this.level === 1 ? paging.l0 === 'shadow' : paging.l1 === 'shadow';
    const under = this.level === 1 ? pageSizes.nptForL1 : pageSizes.nptForL2;
    return isShadowed && under === '4k' ? '4K' : own;
  }
}

/** Sizes of a page's mapping, as captured; `nested` is absent in one dimension. */
interface MappedSizes {
  readonly own: PageSize;
  readonly nested?: '4K' | '2M';
}

const PAGE_SHIFTS = [12, 21, 30];

/** The model has no nested pages of 1 GiB: they count as 2 MiB. */
function sizesOf({ ownShifts, nestedShifts }: CapturedSizes, index: number): MappedSizes {
  const own = PAGE_SIZES[PAGE_SHIFTS.indexOf(ownShifts[index]!)]!;
  const nested = nestedShifts[index]!;
  if (nested === 0) return { own };
  return { own, nested: nested === PAGE_SHIFTS[0] ? '4K' : '2M' };
}
