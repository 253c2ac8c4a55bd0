import { Ledger } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import { type AddressSpace, PageTables } from '../hardware/page-tables.ts';
import { Pcpu, type TouchStream } from '../hardware/pcpu.ts';
import { svmVcpuLoad } from '../hypervisor/asid.ts';
import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { kvmCreateVm, svmHardwareSetup, svmVcpuCreate } from '../hypervisor/kvm-svm.ts';
import { svmAllocateNested } from '../hypervisor/nested-transitions.ts';
import type { Kvm, Vcpu } from '../hypervisor/state.ts';
import { Oracle } from '../oracle/oracle.ts';
import { prngFor } from '../util/prng.ts';
import { type Backing, FrameAllocator, isGlobalPage, pageSizeOf } from './memory-layout.ts';

/** Memory of the captured guests: L1 had 1 GiB, a Linux L2 256 MiB. */
const L1_RAM_PAGES = 262_144;
const L2_RAM_PAGES = 65_536;

export interface WorldOptions {
  readonly config: MachineConfig;
  readonly behaviour: KvmBehaviour;
  readonly paging: { readonly l0: 'npt' | 'shadow'; readonly l1: 'npt' | 'shadow' };
  readonly pageSizes: {
    readonly l0: Backing;
    readonly l1: Backing;
    readonly l2: Backing;
    readonly nptForL1: '4k' | '2m';
    readonly nptForL2: '4k' | '2m';
  };
  readonly l2Cr4Pge: 'same' | 'differs';
  readonly seed: number;
}

/** One level's memory: its page tables and the rows already made for its pages. */
interface LevelMemory {
  readonly space: AddressSpace;
  readonly backing: Backing;
  readonly frames: FrameAllocator;
  readonly rows: Map<number, number>;
}

/**
 * One L1 with one vCPU and one L2 on one pCPU, under one strategy.
 * Everything random is drawn from the seed alone, so all strategies see the same guests.
 */
export class World {
  readonly ledger: Ledger;
  readonly tables = new PageTables();
  readonly oracle: Oracle;
  readonly pcpu: Pcpu;
  readonly kvm: Kvm;
  readonly vcpu: Vcpu;
  readonly options: WorldOptions;
  private readonly memory: readonly [LevelMemory, LevelMemory, LevelMemory];

  constructor(options: WorldOptions) {
    this.options = options;
    const { config, behaviour } = options;
    this.ledger = new Ledger(config.prices);
    this.oracle = new Oracle(this.tables);
    this.pcpu = new Pcpu({
      config,
      tables: this.tables,
      ledger: this.ledger,
      stale: this.oracle,
      hostOwner: this.oracle.owners.host,
      now: this.oracle.now,
      skipsStale: behaviour.staleEntries === 'vanish',
    });
    this.kvm = svmHardwareSetup({
      behaviour,
      nptEnabled: options.paging.l0 === 'npt',
      flushByAsid: config.flushByAsid,
      asidCount: config.asidCount,
      minAsid: config.sevAsidsMax + 1,
      cpus: [this.pcpu],
      owners: this.oracle.owners,
      charge: (kind, count) => this.ledger.charge(kind, count),
      onVmrun: () => {},
    });
    this.vcpu = svmVcpuCreate(this.kvm, kvmCreateVm(this.kvm));
    svmAllocateNested(this.kvm, this.vcpu);
    svmVcpuLoad(this.kvm, this.vcpu, 0);
    this.memory = this.buildMemory();
  }

  /** Second dimensions: NPT01 for L1; for L2 its shadow NPT02, or NPT01 when L1 shadows. */
  private buildMemory(): readonly [LevelMemory, LevelMemory, LevelMemory] {
    const { paging, pageSizes, seed } = this.options;
    const leaf = (size: '4k' | '2m') => (size === '2m' ? '2M' : '4K');
    const npt01 = paging.l0 === 'npt' ? this.tables.addNestedSpace(leaf(pageSizes.nptForL1)) : null;
    const npt02 =
      paging.l1 === 'npt' ? this.tables.addNestedSpace(leaf(pageSizes.nptForL2)) : npt01;
    const level = (
      space: AddressSpace,
      backing: Backing,
      ramPages: number,
      name: string,
    ): LevelMemory => ({
      space,
      backing,
      frames: new FrameAllocator(ramPages, prngFor(seed, `frames of ${name}`)),
      rows: new Map(),
    });
    return [
      level(this.tables.addSpace(null), pageSizes.l0, L1_RAM_PAGES, 'L0'),
      level(this.tables.addSpace(npt01), pageSizes.l1, L1_RAM_PAGES, 'L1'),
      level(this.tables.addSpace(npt02), pageSizes.l2, L2_RAM_PAGES, 'L2'),
    ];
  }

  /** The row of a level's page, made when new. Call `reserve` before it is touched. */
  mapping(level: 0 | 1 | 2, page: number): number {
    const memory = this.memory[level];
    const known = memory.rows.get(page);
    if (known !== undefined) return known;
    const size = this.ownSize(level, page);
    const row = this.tables.addMapping(
      memory.space,
      { page, size, global: isGlobalPage(page), frame: memory.frames.pageFrame(page, size) },
      (tableLevel, index) => memory.frames.tableFrame(tableLevel, index),
    );
    memory.rows.set(page, row);
    return row;
  }

  /** Shadow page tables map no more than both tables that they stand for. */
  private ownSize(level: 0 | 1 | 2, page: number) {
    const { paging, pageSizes } = this.options;
    const own = pageSizeOf(page, this.memory[level].backing);
    if (own === '4K' || level === 0) return own;
    const isShadowed = level === 1 ? paging.l0 === 'shadow' : paging.l1 === 'shadow';
    const under = level === 1 ? pageSizes.nptForL1 : pageSizes.nptForL2;
    return isShadowed && under === '4k' ? '4K' : own;
  }

  /** Touches of captured or traced pages as rows of this world's page tables. */
  stream(
    level: 0 | 1 | 2,
    pages: Float64Array,
    pageIndex: Int32Array,
    isData: Uint8Array,
  ): TouchStream {
    const rowOfPage = new Int32Array(pages.length).fill(-1);
    const mappings = new Int32Array(pageIndex.length);
    for (let i = 0; i < pageIndex.length; i += 1) {
      const index = pageIndex[i]!;
      let row = rowOfPage[index]!;
      if (row < 0) {
        row = this.mapping(level, pages[index]!);
        rowOfPage[index] = row;
      }
      mappings[i] = row;
    }
    return { mappings, isData };
  }

  /** To be called after streams were made and before they run. */
  reserve(): void {
    this.pcpu.reserve();
  }
}
