import { describe, expect, test } from 'vitest';
import { prngFor } from '../../src/util/prng.ts';
import { FrameAllocator, isGlobalPage, pageSizeOf } from '../../src/workloads/memory-layout.ts';

/** Page number of an x86-64 linear address, exactly. */
const pageAt = (address: bigint) => Number(address / 4096n);

const allocator = (seed = 1, ramPages = 262_144) =>
  new FrameAllocator(ramPages, prngFor(seed, 'frames'));

/** The regions of Linux, Documentation/arch/x86/x86_64/mm.rst, four-level paging. */
const REGIONS = [
  ['user', 0x0000_0000_0040_0000n, '4K', false],
  ['the last user page', 0x0000_7fff_ffff_f000n, '4K', false],
  ['the first page of the direct map', 0xffff_8880_0000_0000n, '2M', true],
  ['the last page of the direct map', 0xffff_c87f_ffff_f000n, '2M', true],
  ['the page behind the direct map', 0xffff_c880_0000_0000n, '4K', true],
  ['vmalloc', 0xffff_c900_0000_0000n, '4K', true],
  ['the first page of vmemmap', 0xffff_ea00_0000_0000n, '2M', true],
  ['the last page of vmemmap', 0xffff_eaff_ffff_f000n, '2M', true],
  ['the page behind vmemmap', 0xffff_eb00_0000_0000n, '4K', true],
  ['the cpu_entry_area', 0xffff_fe00_0000_0000n, '4K', true],
  ['the first page of the kernel image', 0xffff_ffff_8000_0000n, '2M', true],
  ['kernel text', 0xffff_ffff_8100_0000n, '2M', true],
  ['the last page of the kernel image', 0xffff_ffff_bfff_f000n, '2M', true],
  ['the first page of modules', 0xffff_ffff_c000_0000n, '4K', true],
  ['the fixmap', 0xffff_ffff_ff57_8000n, '4K', true],
] as const;

describe('the layout of a Linux guest', () => {
  test.each(REGIONS)('%s (%d) is mapped in %s pages, global: %s', (_, address, size, global) => {
    const page = pageAt(address);
    expect(pageSizeOf(page, 'kernel-2m')).toBe(size);
    expect(isGlobalPage(page)).toBe(global);
    expect(pageSizeOf(page, '4k')).toBe('4K');
    expect(pageSizeOf(page, '2m')).toBe('2M');
  });
});

describe('frames', () => {
  test('of the direct map are the page numbers from its start, as Linux maps them', () => {
    const frames = allocator();
    for (const frame of [0, 1, 511, 512, 262_143, 5_000_000_000]) {
      const page = pageAt(0xffff_8880_0000_0000n + BigInt(frame) * 4096n);
      expect(frames.pageFrame(page, '2M')).toBe(frame);
      expect(frames.pageFrame(page, '4K')).toBe(frame);
    }
  });

  test('of the kernel image begin at 16 MiB, where Linux is loaded', () => {
    const frames = allocator();
    expect(frames.pageFrame(pageAt(0xffff_ffff_8100_0000n), '2M')).toBe(4096);
    expect(frames.pageFrame(pageAt(0xffff_ffff_8123_4000n), '2M')).toBe(4096 + 0x234);
  });

  test.each([
    ['a direct-map page', 0xffff_8880_0020_3000n],
    ['a kernel-image page', 0xffff_ffff_8120_3000n],
    ['a vmemmap page', 0xffff_ea00_0020_3000n],
    ['a user page', 0x0000_5555_5560_3000n],
  ])('of a 2M page are aligned: %s keeps its place in its 2M region', (_, address) => {
    const frames = allocator();
    const page = pageAt(address);
    expect(frames.pageFrame(page, '2M') % 512).toBe(page % 512);
    expect(frames.pageFrame(page + 1, '2M')).toBe(frames.pageFrame(page, '2M') + 1);
  });

  test('of other pages lie anywhere in memory, but always at the same place', () => {
    const frames = allocator(1, 1000);
    const pages = Array.from({ length: 500 }, (_, at) => pageAt(0xffff_ffff_c000_0000n) + at);
    const first = pages.map((page) => frames.pageFrame(page, '4K'));
    expect(pages.map((page) => frames.pageFrame(page, '4K'))).toEqual(first);
    expect(first.every((frame) => frame >= 0 && frame < 1000)).toBe(true);
    const inRow = first.filter((frame, at) => frame === first[at - 1]! + 1);
    expect(inRow.length).toBeLessThan(10);
    expect(new Set(first).size).toBeGreaterThan(350);
  });

  test('tell pages apart that agree in their low 32 bits', () => {
    const frames = allocator();
    const low = 0x5_5555;
    const high = low + 4_294_967_296;
    expect(frames.pageFrame(low, '4K')).not.toBe(frames.pageFrame(high, '4K'));
    expect(frames.pageFrame(low, '2M')).not.toBe(frames.pageFrame(high, '2M'));
  });

  test('of tables differ by level and index', () => {
    const frames = allocator();
    const names = [0, 1, 2, 3].flatMap((level) => [0, 1].map((index) => [level, index] as const));
    const placed = names.map(([level, index]) => frames.tableFrame(level, index));
    expect(new Set(placed).size).toBe(names.length);
    expect(names.map(([level, index]) => frames.tableFrame(level, index))).toEqual(placed);
  });

  test('follow from the seed alone', () => {
    const draw = (seed: number) => {
      const frames = allocator(seed);
      return [1, 2, 3, 4].map((page) => frames.pageFrame(page, '4K'));
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
