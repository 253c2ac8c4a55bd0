import {
  KIND,
  KIND_COUNT,
  Ledger,
  LOCATIONS,
  type PriceList,
  type SimpleKindId,
  WALK_CAUSES,
  WALK_KINDS,
  WALK_ROW,
  walkReferencesIn,
  walksIn,
} from '../../src/cost/ledger.ts';
import type { StaleHitSink } from '../../src/hardware/context.ts';
import type { ArrayConfig, MachineConfig } from '../../src/hardware/machine-config.ts';
import type { PageSize } from '../../src/hardware/machine-preset.ts';
import { type AddressSpace, PageTables, type TableFrames } from '../../src/hardware/page-tables.ts';
import { Pcpu } from '../../src/hardware/pcpu.ts';

/** 4 KiB pages under one entry of each level of a page table: PTE, PDE, PDPTE, PML4E. */
export const PAGES_PER_PDE = 512;
export const PAGES_PER_PDPTE = 262_144;
export const PAGES_PER_PML4E = 134_217_728;

/** Prices with which a sum tells what happened: no two kinds cost the same. */
export const TELLING_PRICES: PriceList = {
  simple: Object.fromEntries(Object.keys(KIND).map((id, index) => [id, 10_000 + index])) as Record<
    SimpleKindId,
    number
  >,
  walkStartCycles: 17,
  walkReferenceCycles: [4, 12, 50, 400],
};

export function arrayOf(name: string, entries: number, ways = entries): ArrayConfig {
  return { name, entries, ways, sizes: [0, 1, 2] };
}

/** Rows by touch of a trace whose page i lies in row rows[i], for code and for data. */
export function rowsOfTouches(rows: readonly number[]): Int32Array {
  return Int32Array.from({ length: rows.length * 2 }, (_, touch) => rows[Math.floor(touch / 2)]!);
}

/** A machine with the geometry of no real one: large enough that nothing is evicted by chance. */
export const ROOMY: MachineConfig = {
  firstLevelData: [arrayOf('L1 DTLB', 64)],
  firstLevelInstruction: [arrayOf('L1 ITLB', 64)],
  secondLevelData: [arrayOf('L2 DTLB', 2048, 8)],
  secondLevelInstruction: [],
  replacement: 'lru',
  upperEntries: 64,
  pdeEntries: 64,
  pdeInSecondLevelTlb: false,
  nestedTlbEntries: 64,
  nestedUpperEntries: 64,
  pageTableLinesInL1d: 64,
  pageTableLinesInL2: 1024,
  pageTableLinesInL3: 65_536,
  asidCount: 32_768,
  sevAsidsMax: 0,
  flushByAsid: true,
  frequencyGhz: 1,
  prices: TELLING_PRICES,
};

interface Options {
  readonly tables?: PageTables;
  readonly stale?: StaleHitSink;
  readonly now?: () => number;
  readonly skipsStale?: boolean;
}

/** One pCPU with its ledger and page tables; owner 0 is the host. */
export class SmallMachine {
  readonly ledger: Ledger;
  readonly tables: PageTables;
  readonly pcpu: Pcpu;
  staleHits = 0;

  constructor(config: Partial<MachineConfig> = {}, options: Options = {}) {
    const whole = { ...ROOMY, ...config };
    this.tables = options.tables ?? new PageTables();
    this.ledger = new Ledger(whole.prices);
    this.pcpu = new Pcpu({
      config: whole,
      tables: this.tables,
      ledger: this.ledger,
      stale: options.stale ?? {
        staleHit: () => {
          this.staleHits += 1;
        },
      },
      hostOwner: 0,
      now: options.now ?? (() => 0),
      skipsStale: options.skipsStale ?? false,
    });
  }

  /** The row of a page that is mapped to the frame of its own number unless told otherwise. */
  map(
    space: AddressSpace,
    page: number,
    more: {
      size?: PageSize;
      global?: boolean;
      frame?: number;
      tableFrames?: TableFrames;
    } = {},
  ): number {
    const { size = '4K', global = false, frame = page, tableFrames = () => 0 } = more;
    const row = this.tables.addMapping(space, { page, size, global, frame }, tableFrames);
    this.pcpu.reserve();
    return row;
  }

  /** What the action added to the ledger. */
  during(action: () => void): Charged {
    const counts = this.ledger.counts.slice();
    const cycles = this.ledger.cycles;
    action();
    const added = this.ledger.counts.map((count, kind) => count - counts[kind]!);
    return new Charged(added, this.ledger.cycles - cycles);
  }

  /** Everything since the machine was made. */
  get total(): Charged {
    return new Charged(this.ledger.counts.slice(), this.ledger.cycles);
  }

  touching(row: number, side: 0 | 1 = 1): Charged {
    return this.during(() => this.pcpu.touch(row, side));
  }
}

export class Charged {
  readonly counts: Float64Array;
  readonly cycles: number;

  constructor(counts: Float64Array, cycles: number) {
    if (counts.length !== KIND_COUNT) throw new RangeError('counts of another ledger');
    this.counts = counts;
    this.cycles = cycles;
  }

  get walks(): number {
    return walksIn(this.counts);
  }

  get references(): number {
    return walkReferencesIn(this.counts);
  }

  get firstLevelMisses(): number {
    return this.walks + this.counts[KIND.secondLevelHit]!;
  }

  /** References by where the line was, summed over causes; only what is not 0. */
  get locations(): Record<string, number> {
    const entries = LOCATIONS.map((name, at): [string, number] => {
      const rows = WALK_CAUSES.map((_, cause) => WALK_KINDS + cause * WALK_ROW + 1 + at);
      return [name, rows.reduce((sum, kind) => sum + this.counts[kind]!, 0)];
    });
    return Object.fromEntries(entries.filter(([, count]) => count > 0));
  }

  /** Walks and references by cause; only what is not 0. */
  get byCause(): Record<string, { walks: number; references: number }> {
    const entries = WALK_CAUSES.map((cause, index) => {
      const row = WALK_KINDS + index * WALK_ROW;
      const references = this.counts.subarray(row + 1, row + WALK_ROW);
      return [
        cause,
        { walks: this.counts[row]!, references: references.reduce((sum, n) => sum + n, 0) },
      ] as const;
    });
    return Object.fromEntries(entries.filter(([, n]) => n.walks + n.references > 0));
  }
}
