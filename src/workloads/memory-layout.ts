import type { PageSize } from '../hardware/machine-preset.ts';
import { NumberMap } from '../util/number-map.ts';
import type { Prng } from '../util/prng.ts';

/** `kernel-2m`: kernel image, direct map and vmemmap in 2 MiB pages, everything else in 4 KiB. */
export type Backing = 'kernel-2m' | '4k' | '2m';

const PAGES_PER_2M = 512;
/** Of page tables: four-level paging. */
const LEVELS = 4;

/** x86-64 Linux, Documentation/arch/x86/x86_64/mm.rst, as 4 KiB page numbers. */
const REGIONS = {
  kernelHalf: 0xffff_8000_0000_0,
  directMap: 0xffff_8880_0000_0,
  directMapEnd: 0xffff_c880_0000_0,
  vmemmap: 0xffff_ea00_0000_0,
  vmemmapEnd: 0xffff_eb00_0000_0,
  kernelImage: 0xffff_ffff_8000_0,
  modules: 0xffff_ffff_c000_0,
} as const;

/** Physical address of the kernel image: CONFIG_PHYSICAL_START, 16 MiB, in pages. */
const KERNEL_IMAGE_FRAME = 4096;
const KERNEL_IMAGE_START = 0xffff_ffff_8100_0;

function isIn(page: number, from: number, to: number): boolean {
  return page >= from && page < to;
}

/** Kernel pages are global: Linux sets G on them without page-table isolation. */
export function isGlobalPage(page: number): boolean {
  return page >= REGIONS.kernelHalf;
}

/** Size that a 4 KiB page's mapping has in its own page tables. */
export function pageSizeOf(page: number, backing: Backing): PageSize {
  if (backing === '4k') return '4K';
  if (backing === '2m') return '2M';
  const isLarge =
    isIn(page, REGIONS.directMap, REGIONS.directMapEnd) ||
    isIn(page, REGIONS.vmemmap, REGIONS.vmemmapEnd) ||
    isIn(page, REGIONS.kernelImage, REGIONS.modules);
  return isLarge ? '2M' : '4K';
}

/**
 * Frames of one guest's memory. Direct map and kernel image have the frames that Linux gives them;
 * all else, page tables included, lies where a page allocator may have put it: at random, by seed.
 */
export class FrameAllocator {
  private readonly ramPages: number;
  private readonly prng: Prng;
  private readonly pages = new NumberMap();
  private readonly regions = new NumberMap();
  private readonly tables = new NumberMap();

  /** `ramPages`: guest memory in 4 KiB pages. */
  constructor(ramPages: number, prng: Prng) {
    this.ramPages = ramPages;
    this.prng = prng;
  }

  pageFrame(page: number, size: PageSize): number {
    if (isIn(page, REGIONS.directMap, REGIONS.directMapEnd)) return page - REGIONS.directMap;
    if (isIn(page, REGIONS.kernelImage, REGIONS.modules)) {
      return KERNEL_IMAGE_FRAME + (page - KERNEL_IMAGE_START);
    }
    if (size === '4K') return this.placed(this.pages, page);
    const region = Math.floor(page / PAGES_PER_2M);
    const placed = this.placed(this.regions, region);
    return placed - (placed % PAGES_PER_2M) + (page % PAGES_PER_2M);
  }

  tableFrame(level: number, index: number): number {
    return this.placed(this.tables, index * LEVELS + level);
  }

  private placed(frames: NumberMap, number: number): number {
    const known = frames.get(number);
    if (known >= 0) return known;
    const frame = this.prng.nextInt(this.ramPages);
    frames.set(number, frame);
    return frame;
  }
}
