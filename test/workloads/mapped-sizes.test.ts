import { describe, expect, test } from 'vitest';
import { PageTables } from '../../src/hardware/page-tables.ts';
import { capturedSizes, sizesByRegion } from '../../src/workloads/mapped-sizes.ts';

const TEXT_OF_KERNEL = 0xffff_ffff_8100_0;
const byRegion = sizesByRegion(
  { l0: 'shadow', l1: 'shadow' },
  { l0: 'kernel-2m', l1: 'kernel-2m', l2: '4k', nptForL1: '4k', nptForL2: '4k' },
);

describe('sizes of mappings', () => {
  test('by region, a shadowed page is as small as the tables under it', () => {
    expect(byRegion(0, TEXT_OF_KERNEL)).toEqual({ own: '2M', nested: null });
    expect(byRegion(1, TEXT_OF_KERNEL)).toEqual({ own: '4K', nested: null });
  });

  test('as captured, by level and page; other pages by region', () => {
    const sizeOf = capturedSizes(
      {
        pages: Float64Array.of(5, 5, 6),
        levels: Uint8Array.of(0, 1, 1),
        ownShifts: Uint8Array.of(30, 21, 12),
        nestedShifts: Uint8Array.of(0, 12, 30),
      },
      byRegion,
    );
    expect(sizeOf(0, 5)).toEqual({ own: '1G', nested: null });
    expect(sizeOf(1, 5)).toEqual({ own: '2M', nested: '4K' });
    expect(sizeOf(1, 6)).toEqual({ own: '4K', nested: '2M' });
    expect(sizeOf(0, TEXT_OF_KERNEL)).toEqual({ own: '2M', nested: null });
  });
});

describe('a page whose nested page has a size of its own', () => {
  const entrySize = (nestedSize: '4K' | '2M') => {
    const tables = new PageTables();
    const space = tables.addSpace(tables.addNestedSpace(nestedSize === '2M' ? '4K' : '2M'));
    const mapping = { page: 512, size: '2M', global: false, frame: 1024, nestedSize } as const;
    return tables.sizeOf(tables.addMapping(space, mapping, () => 7));
  };

  test('is cached at the smaller of the two, whatever most of the space has', () => {
    expect(entrySize('4K')).toBe(0);
    expect(entrySize('2M')).toBe(1);
  });
});
