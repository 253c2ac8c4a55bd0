/**
 * Latency-versus-footprint curves as published: core clocks of one dependent load in a random chase
 * over the whole footprint, 4 KiB pages, bare metal. InstLatx64, AIDA64 NewMemLat logs, column
 * `Random_Full`, at commit 087af2c7. Rows are [footprint in KiB, clocks]; clocks are rounded to one.
 */
export interface PublishedCurve {
  readonly machine: string;
  readonly part: string;
  readonly source: string;
  /** One load on each page: footprint over 4 is the number of pages. */
  readonly pageStride: readonly (readonly [number, number])[];
  /** Loads side by side, 64 bytes apart, where L3 serves them: footprint times 16 is the number of lines. */
  readonly lineStride: readonly (readonly [number, number])[];
  /** Footprints from which on the page-stride curve shows data caches and not TLBs, and why. */
  readonly cacheLimit: { readonly pages: number; readonly why: string };
}

const LOG = 'InstLatx64/InstLatx64@087af2c7, AIDA64 NewMemLat log, Random_Full';

export const PUBLISHED_CURVES: readonly PublishedCurve[] = [
  {
    machine: 'zen2-rome',
    part: 'EPYC 7742',
    source: `${LOG} (EPYC 7742, 2.25 GHz)`,
    pageStride: [
      [128, 13],
      [192, 13],
      [256, 13],
      [384, 19],
      [512, 19],
      [768, 48],
      [1024, 50],
      [2048, 50],
      [4096, 50],
      [6144, 54],
      [8192, 53],
      [12_288, 65],
      [16_384, 170],
    ],
    lineStride: [],
    cacheLimit: {
      pages: 192,
      why: 'at 768 KiB lines of one set index overflow L2, and from 16 MiB on they come from a remote node',
    },
  },
  {
    machine: 'zen3-milan',
    part: 'Ryzen 9 5900X',
    source: `${LOG} (Ryzen 9 5900X, 3.69 GHz; the core has the same TLBs as Milan's)`,
    pageStride: [
      [128, 15],
      [192, 15],
      [256, 15],
      [384, 20],
      [512, 20],
      [768, 20],
      [1024, 21],
      [1536, 20],
      [2048, 24],
      [3072, 28],
      [4096, 39],
      [6144, 49],
      [8192, 55],
      [12_288, 74],
      [16_384, 76],
      [24_576, 81],
      [32_768, 83],
      [65_536, 88],
      [131_072, 92],
      [262_144, 146],
    ],
    lineStride: [
      [1024, 43],
      [2048, 49],
      [4096, 51],
    ],
    cacheLimit: {
      pages: 384,
      why: 'from 2 MiB on lines of one set index overflow L2 little by little',
    },
  },
  {
    machine: 'zen4-genoa',
    part: 'Threadripper PRO 7995WX',
    source: `${LOG} (Threadripper PRO 7995WX, 2.5 GHz; the core has the same TLBs as Genoa's)`,
    pageStride: [
      [128, 17],
      [192, 17],
      [256, 17],
      [384, 22],
      [512, 22],
      [1024, 22],
      [2048, 22],
      [4096, 22],
      [6144, 30],
      [8192, 36],
      [12_288, 63],
      [16_384, 75],
      [32_768, 88],
      [65_536, 92],
      [131_072, 97],
      [262_144, 142],
    ],
    lineStride: [
      [2048, 47],
      [4096, 53],
    ],
    cacheLimit: {
      pages: 1536,
      why: 'from 6 MiB on lines of one set index overflow L2 little by little',
    },
  },
  {
    machine: 'skx',
    part: 'Core i9-7900X',
    source: `${LOG} (Core i9-7900X, 3.3 GHz; the core has the same TLBs as Skylake-SP's)`,
    pageStride: [
      [128, 14],
      [192, 14],
      [256, 14],
      [384, 23],
      [512, 23],
      [1024, 23],
      [1536, 74],
      [4096, 76],
      [6144, 75],
      [8192, 85],
      [16_384, 132],
    ],
    lineStride: [],
    cacheLimit: { pages: 256, why: 'at 1.5 MiB lines of one set index overflow L2' },
  },
];
