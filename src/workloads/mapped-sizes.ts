import type { PageSize } from '../hardware/machine-preset.ts';
import type { NestedPageSize } from '../hardware/page-tables.ts';
import type { SizedPages } from '../inputs/touched-segments.ts';
import { type Backing, pageSizeOf } from './memory-layout.ts';

/** How a page is mapped: in the tables that CR3 names, and in nested ones where there are some. */
export interface MappedSize {
  readonly own: PageSize;
  /** Null: as the nested tables map most pages. */
  readonly nested: NestedPageSize | null;
}

/** The size of a 4 KiB page's mapping, by level and page number. */
export type SizeRule = (level: 0 | 1 | 2, page: number) => MappedSize;

/** Who uses nested paging, for its guest. */
export interface Paging {
  readonly l0: 'npt' | 'shadow';
  readonly l1: 'npt' | 'shadow';
}

/** Sizes by region of memory, where none were recorded. */
export interface PageSizesByRegion {
  readonly l0: Backing;
  readonly l1: Backing;
  readonly l2: Backing;
  readonly nptForL1: '4k' | '2m';
  readonly nptForL2: '4k' | '2m';
}

/** Sizes that follow from regions. Shadow page tables map no more than both tables that they stand for. */
export function sizesByRegion(paging: Paging, sizes: PageSizesByRegion): SizeRule {
  const backings = [sizes.l0, sizes.l1, sizes.l2] as const;
  return (level, page) => {
    const own = pageSizeOf(page, backings[level]);
    if (own === '4K' || level === 0) return { own, nested: null };
    const isShadowed = level === 1 ? paging.l0 === 'shadow' : paging.l1 === 'shadow';
    const under = level === 1 ? sizes.nptForL1 : sizes.nptForL2;
    return { own: isShadowed && under === '4k' ? '4K' : own, nested: null };
  };
}

const SIZE_OF_SHIFT: Readonly<Record<number, PageSize>> = { 12: '4K', 21: '2M', 30: '1G' };

/** Sizes as they were captured; `otherwise` for pages that the window did not touch. */
export function capturedSizes(captured: SizedPages, otherwise: SizeRule): SizeRule {
  const byLevel = [0, 1, 2].map(() => new Map<number, MappedSize>());
  for (let index = 0; index < captured.pages.length; index += 1) {
    const nestedShift = captured.nestedShifts[index]!;
    byLevel[captured.levels[index]!]!.set(captured.pages[index]!, {
      own: SIZE_OF_SHIFT[captured.ownShifts[index]!]!,
      // Nested pages of 1 GiB count as 2 MiB, the largest that the model has.
      nested: nestedShift === 0 ? null : nestedShift === 12 ? '4K' : '2M',
    });
  }
  return (level, page) => byLevel[level]!.get(page) ?? otherwise(level, page);
}
