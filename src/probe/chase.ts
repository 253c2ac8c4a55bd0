import type { Prng } from '../util/prng.ts';

/** Bytes of a page and of a cache line on x86, in 32-bit words. */
const PAGE_WORDS = 1024;
const LINE_WORDS = 16;
const LINES_PER_PAGE = PAGE_WORDS / LINE_WORDS;
/** Odd, so that neighbouring pages use different cache sets and 64 pages use all 64 lines. */
const LINE_STAGGER = 37;
/** Pages whose lines a packed chase mixes: few enough for every first-level TLB. */
const WINDOW_PAGES = 16;

export const PAGE_BYTES = PAGE_WORDS * Int32Array.BYTES_PER_ELEMENT;

/** A cyclic chain of dependent loads: each word holds the place of the next. */
export interface Chain {
  readonly words: Int32Array;
  readonly start: number;
}

/** Memory that chains are laid into. Only touched pages take up memory. */
export interface Arena {
  readonly spread: Int32Array;
  readonly packed: Int32Array;
}

export function newArena(mostPages: number): Arena {
  return {
    spread: new Int32Array(mostPages * PAGE_WORDS),
    packed: new Int32Array(mostPages * LINE_WORDS),
  };
}

function shuffled(length: number, prng: Prng): Int32Array {
  const order = Int32Array.from({ length }, (_, index) => index);
  for (let index = length - 1; index > 0; index -= 1) {
    const other = prng.nextInt(index + 1);
    const kept = order[index]!;
    order[index] = order[other]!;
    order[other] = kept;
  }
  return order;
}

function link(words: Int32Array, places: Int32Array): Chain {
  for (let index = 0; index < places.length; index += 1) {
    words[places[index]!] = places[(index + 1) % places.length]!;
  }
  return { words, start: places[0]! };
}

/**
 * One cache line on each of `pages` pages, in random order. The lines are staggered over the
 * cache sets, so that what grows with `pages` is the number of translations first.
 */
export function spreadChain(arena: Arena, pages: number, prng: Prng): Chain {
  const places = shuffled(pages, prng).map(
    (page) => page * PAGE_WORDS + ((page * LINE_STAGGER) % LINES_PER_PAGE) * LINE_WORDS,
  );
  return link(arena.spread, places);
}

/**
 * As many cache lines side by side: the same load on the caches with a sixty-fourth of the pages.
 * Random within windows of 16 pages, so that a first-level TLB holds what is in use.
 */
export function packedChain(arena: Arena, lines: number, prng: Prng): Chain {
  const places = new Int32Array(lines);
  const window = WINDOW_PAGES * LINES_PER_PAGE;
  for (let from = 0; from < lines; from += window) {
    const order = shuffled(Math.min(window, lines - from), prng);
    for (let index = 0; index < order.length; index += 1) {
      places[from + index] = (from + order[index]!) * LINE_WORDS;
    }
  }
  return link(arena.packed, places);
}

/** Follows a chain for `loads` dependent loads; returns where it ended. */
export function follow(words: Int32Array, start: number, loads: number): number {
  let place = start;
  for (let load = 0; load < loads; load += 1) place = words[place]!;
  return place;
}

/** A chain of dependent multiplications: three cycles each on every x86 core since 2008. */
export function multiply(factor: number, times: number): number {
  let product = factor;
  for (let time = 0; time < times; time += 1) product = Math.imul(product, factor);
  return product;
}

export const MULTIPLY_CYCLES = 3;
