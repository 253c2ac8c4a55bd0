import { Ledger, walkReferencesIn, walksIn } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import { PageTables, type TableFrames } from '../hardware/page-tables.ts';
import { Pcpu } from '../hardware/pcpu.ts';
import { unplannedStream } from '../hardware/touch-stream.ts';
import { type Cycles, cycles } from '../units/quantity.ts';
import { prngFor } from '../util/prng.ts';

/** In what the chase runs: on bare metal, or in a guest whose memory is in pages of that size. */
export type Dimensions = 'native' | 'nested-2m' | 'nested-4k';

export interface ChaseSetup {
  readonly dimensions: Dimensions;
  /** The guest's page size. */
  readonly pageSize: '4K' | '2M';
  /** Whether the pages' frames follow each other or lie anywhere in 64 GiB. */
  readonly frames: 'contiguous' | 'scattered';
  /** One page of so many is touched; absent: every page. */
  readonly oneIn?: number;
}

/** One footprint of the modelled chase, means over loads that follow a warm lap. */
export interface ChasePoint {
  readonly pages: number;
  /** Time of translation alone: the model has no data caches. */
  readonly translationCycles: Cycles;
  readonly walksPerLoad: number;
  /** References to page tables in both dimensions; 0 where nothing walks. */
  readonly referencesPerWalk: number;
}

const RAM_PAGES = 16_777_216;
/** Where a process keeps a large array: in the middle of the user's half. */
const FIRST_PAGE = 0x7f00_0000_0;
const OWNER = 1;
const DATA = 1;
/** Pseudo-LRU settles in two laps; where most loads miss, one is as good. */
const WARM_LAPS = 2;
const LARGE_PAGES = 8192;
/** Loads that are counted: a part of a random lap tells as much as all of it. */
const MOST_LOADS = 16_384;

/**
 * The probe's chase through modelled hardware: one load on each page, in a random order that
 * repeats. `config` should price walks in full: each load waits for the one before.
 */
export function chaseCurve(
  config: MachineConfig,
  pages: readonly number[],
  setup: ChaseSetup,
): readonly ChasePoint[] {
  const { tables, rows } = layoutFor(Math.max(...pages), setup);
  const ledger = new Ledger(config.prices);
  const pcpu = new Pcpu({
    config,
    tables,
    ledger,
    stale: { staleHit: () => {} },
    hostOwner: 0,
    now: () => 0,
    skipsStale: false,
  });
  pcpu.reserve();
  pcpu.vmrun(1, 0, OWNER);
  return pages.map((count) => chase(pcpu, ledger, rows.subarray(0, count)));
}

/** So many layouts are kept: curves come with three setups each, machine after machine. */
const MOST_LAYOUTS = 3;

interface Layout {
  readonly tables: PageTables;
  readonly rows: Int32Array;
}

const layouts = new Map<string, Layout>();

/** No chase changes its page tables, so that curves of other machines take the same ones. */
function layoutFor(pages: number, setup: ChaseSetup): Layout {
  const key = JSON.stringify([pages, setup.dimensions, setup.pageSize, setup.frames, setup.oneIn]);
  const known = layouts.get(key);
  if (known !== undefined) return known;
  const [oldest] = layouts.keys();
  if (oldest !== undefined && layouts.size >= MOST_LAYOUTS) layouts.delete(oldest);
  const made = layOut(pages, setup);
  layouts.set(key, made);
  return made;
}

function layOut(pages: number, setup: ChaseSetup): Layout {
  const tables = new PageTables();
  const leaf = setup.dimensions === 'nested-4k' ? '4K' : '2M';
  const nested = setup.dimensions === 'native' ? null : tables.addNestedSpace(leaf);
  const space = tables.addSpace(nested);
  const prng = prngFor(1, 'frames of the chase');
  const { oneIn = 1 } = setup;
  const scattered = new Map<string, number>();
  // Contiguous tables follow the data; scattered ones lie anywhere, each where it was first put.
  const tableFrames: TableFrames = (level, index) => {
    const name = `${level}:${index}`;
    let frame = scattered.get(name);
    if (frame === undefined) {
      frame = setup.frames === 'contiguous' ? pages + scattered.size : prng.nextInt(RAM_PAGES);
      scattered.set(name, frame);
    }
    return frame;
  };
  const rows = Int32Array.from({ length: pages }, (_, index) =>
    tables.addMapping(
      space,
      {
        page: FIRST_PAGE + index * oneIn + (oneIn === 1 ? 0 : prng.nextInt(oneIn)),
        size: setup.pageSize,
        global: false,
        frame: setup.frames === 'contiguous' ? index : prng.nextInt(RAM_PAGES),
      },
      tableFrames,
    ),
  );
  return { tables, rows };
}

function chase(pcpu: Pcpu, ledger: Ledger, rows: Int32Array): ChasePoint {
  const stream = unplannedStream(shuffled(rows), new Uint8Array(rows.length).fill(DATA));
  pcpu.flushEverything();
  const laps = rows.length > LARGE_PAGES ? 1 : WARM_LAPS;
  for (let lap = 0; lap < laps; lap += 1) pcpu.run(stream, 0, rows.length);
  const before = { counts: ledger.counts.slice(), cycles: ledger.cycles };
  const loads = Math.min(rows.length, MOST_LOADS);
  pcpu.run(stream, 0, loads);
  const counts = ledger.counts.map((count, kind) => count - before.counts[kind]!);
  const walks = walksIn(counts);
  return {
    pages: rows.length,
    translationCycles: cycles((ledger.cycles - before.cycles) / loads),
    walksPerLoad: walks / loads,
    referencesPerWalk: walks === 0 ? 0 : walkReferencesIn(counts) / walks,
  };
}

function shuffled(rows: Int32Array): Int32Array {
  const prng = prngFor(rows.length, 'order of the chase');
  const order = rows.slice();
  for (let index = order.length - 1; index > 0; index -= 1) {
    const other = prng.nextInt(index + 1);
    const kept = order[index]!;
    order[index] = order[other]!;
    order[other] = kept;
  }
  return order;
}
