import { type NestedSpace, PageTables } from '../hardware/page-tables.ts';
import { streamName } from '../util/prng.ts';
import { LevelMemory } from './level-memory.ts';
import {
  type PageSizesByRegion,
  type Paging,
  type SizeRule,
  sizesByRegion,
} from './mapped-sizes.ts';

/** Memory of the captured guests: L1 had 1 GiB, a Linux L2 256 MiB. */
const L1_RAM_PAGES = 262_144;
const L2_RAM_PAGES = 65_536;

/** How many of everything there is. */
export interface Fleet {
  readonly l1s: number;
  readonly vcpusPerL1: number;
  /** L2s that each vCPU of L1 runs, or virtual CPUs of one L2 where they share memory. */
  readonly l2sPerVcpu: number;
  readonly l2sShareMemory: boolean;
  readonly pcpus: number;
  /** The L1s are SEV guests: each has an ASID from the range of SEV. */
  readonly sev?: true | undefined;
}

const ALONE: Fleet = {
  l1s: 1,
  vcpusPerL1: 1,
  l2sPerVcpu: 1,
  l2sShareMemory: false,
  pcpus: 1,
};

/** Whose memory there is, and how it is mapped. */
export interface MemoryOptions {
  readonly paging: Paging;
  readonly pageSizes: PageSizesByRegion;
  /** Sizes of pages one by one, as they were captured; absent: by region, see `pageSizes`. */
  readonly sizeOf?: SizeRule;
  readonly seed: number;
  /** Who runs where; absent: one L1 with one vCPU and one L2, on one pCPU. */
  readonly fleet?: Fleet;
}

/** An L1's memory, and those of its L2s by vCPU. */
interface L1Memory {
  readonly memory: LevelMemory;
  readonly l2s: readonly (readonly LevelMemory[])[];
}

/**
 * Page tables of L0, of each L1 and of each L2. They are random by seed alone: neither KVM nor a TLB decides
 * anything about them, and so the same memory serves a world after another.
 */
export class WorldMemory {
  readonly tables = new PageTables();
  readonly l0: LevelMemory;
  readonly l1s: readonly L1Memory[];
  readonly fleet: Fleet;
  private readonly options: MemoryOptions;

  constructor(options: MemoryOptions) {
    this.options = options;
    this.fleet = options.fleet ?? ALONE;
    this.l0 = this.memory(0, null, 'L0');
    this.l1s = Array.from({ length: this.fleet.l1s }, (_, l1) => this.l1(l1));
  }

  /** As if nothing had run over it. */
  forget(): void {
    this.tables.forgetRun();
  }

  /** Second dimensions: NPT01 for L1; for L2 its shadow NPT02, or NPT01 when L1 shadows. */
  private l1(l1: number): L1Memory {
    const { paging, pageSizes } = this.options;
    const { vcpusPerL1, l2sPerVcpu, l2sShareMemory } = this.fleet;
    const leaf = pageSizes.nptForL1 === '2m' ? '2M' : '4K';
    const npt01 = paging.l0 === 'npt' ? this.tables.addNestedSpace(leaf) : null;
    const memory = this.memory(1, npt01, streamName('L1', l1));
    let shared: LevelMemory | null = null;
    const l2s = Array.from({ length: vcpusPerL1 }, (_, vcpu) =>
      Array.from({ length: l2sPerVcpu }, (__, l2) => {
        const place = (l1 * vcpusPerL1 + vcpu) * l2sPerVcpu + l2;
        const own = shared ?? this.l2(npt01, streamName('L2', place));
        if (l2sShareMemory) shared = own;
        return own;
      }),
    );
    return { memory, l2s };
  }

  private l2(npt01: NestedSpace | null, name: string): LevelMemory {
    const { paging, pageSizes } = this.options;
    const leaf = pageSizes.nptForL2 === '2m' ? '2M' : '4K';
    const second = paging.l1 === 'npt' ? this.tables.addNestedSpace(leaf) : npt01;
    return this.memory(2, second, name);
  }

  private memory(level: 0 | 1 | 2, nested: NestedSpace | null, name: string): LevelMemory {
    const { paging, pageSizes, seed } = this.options;
    const sizeOf = this.options.sizeOf ?? sizesByRegion(paging, pageSizes);
    const ramPages = level === 2 ? L2_RAM_PAGES : L1_RAM_PAGES;
    return new LevelMemory(this.tables, { level, nested, sizeOf, ramPages, seed, name });
  }
}
