import { describe, expect, test } from 'vitest';
import { type Chain, follow, newArena, packedChain, spreadChain } from '../../src/probe/chase.ts';
import { coarseGrid, fineGrid, LEAST_PAGES, MOST_PAGES } from '../../src/probe/grid.ts';
import { prngFor } from '../../src/util/prng.ts';

const PAGE_WORDS = 1024;
const LINE_WORDS = 16;

/** Every place of a chain, in its order, until it comes back to its start. */
function placesOf({ words, start }: Chain): number[] {
  const places = [start];
  for (let place = words[start]!; place !== start; place = words[place]!) places.push(place);
  return places;
}

describe('a chain of loads', () => {
  const arena = newArena(256);
  const prng = () => prngFor(1, 'a chain');

  test('touches each page once when it is spread, and 64 pages touch all 64 lines of a page', () => {
    const places = placesOf(spreadChain(arena, 256, prng()));
    const pages = places.map((place) => Math.floor(place / PAGE_WORDS));
    const lines = places.map((place) => Math.floor((place % PAGE_WORDS) / LINE_WORDS));
    expect([...pages].sort((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_, n) => n));
    const of = (from: number) =>
      new Set(lines.filter((_, index) => pages[index]! >= from && pages[index]! < from + 64)).size;
    expect([0, 64, 128, 192].map(of)).toEqual([64, 64, 64, 64]);
    expect(pages).not.toEqual([...pages].sort((a, b) => a - b));
  });

  test('touches as many lines side by side when it is packed, 16 pages at a time', () => {
    const lines = 2048;
    const places = placesOf(packedChain(newArena(lines), lines, prng()));
    expect(new Set(places).size).toBe(lines);
    const numbers = places.map((place) => place / LINE_WORDS);
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: lines }, (_, n) => n));
    expect(Math.max(...numbers.slice(0, 1024))).toBe(1023);
  });

  test('leads back to its start after as many loads as it has lines', () => {
    const { words, start } = spreadChain(arena, 100, prng());
    expect(follow(words, start, 100)).toBe(start);
    expect(follow(words, start, 99)).not.toBe(start);
  });
});

describe('the grid', () => {
  test('goes from 16 to 65,536 pages in two sizes per doubling', () => {
    const grid = coarseGrid();
    expect([grid[0], grid[1], grid[2], grid.at(-1)]).toEqual([LEAST_PAGES, 23, 32, MOST_PAGES]);
    expect(grid).toHaveLength(25);
  });

  test('has eight sizes per doubling around a knee', () => {
    const near = fineGrid([64]).filter((pages) => pages >= 64 && pages < 128);
    expect(near).toEqual([64, 70, 76, 83, 91, 99, 108, 117]);
    expect(fineGrid([])).toEqual(coarseGrid());
  });
});
