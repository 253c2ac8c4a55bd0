import type { AddressSpace, NestedSpace } from '../hardware/page-tables.ts';
import { prngFor } from '../util/prng.ts';
import { type Backing, FrameAllocator, isGlobalPage, pageSizeOf } from './memory-layout.ts';
import type { World } from './world.ts';

/** The memory of L0, of an L1 or of an L2: its page tables, and the rows already made for its pages. */
export class LevelMemory {
  private readonly world: World;
  private readonly level: 0 | 1 | 2;
  private readonly space: AddressSpace;
  private readonly backing: Backing;
  private readonly frames: FrameAllocator;
  private readonly rows = new Map<number, number>();

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
  mapping(page: number): number {
    const known = this.rows.get(page);
    if (known !== undefined) return known;
    const size = this.ownSize(page);
    const row = this.world.tables.addMapping(
      this.space,
      { page, size, global: isGlobalPage(page), frame: this.frames.pageFrame(page, size) },
      (tableLevel, index) => this.frames.tableFrame(tableLevel, index),
    );
    this.rows.set(page, row);
    return row;
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
