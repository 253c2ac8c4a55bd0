import { Ledger } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import { type NestedSpace, PageTables } from '../hardware/page-tables.ts';
import { Pcpu } from '../hardware/pcpu.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import { svmVcpuLoad } from '../hypervisor/asid.ts';
import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { kvmCreateVm, svmHardwareSetup, svmVcpuCreate } from '../hypervisor/kvm-svm.ts';
import { svmAllocateNested } from '../hypervisor/nested-transitions.ts';
import { sevAsidNew } from '../hypervisor/sev.ts';
import type { GuestCpu, Kvm, Vcpu } from '../hypervisor/state.ts';
import { Oracle } from '../oracle/oracle.ts';
import { streamName } from '../util/prng.ts';
import { UserError } from '../util/user-error.ts';
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

export interface WorldOptions {
  readonly config: MachineConfig;
  readonly behaviour: KvmBehaviour;
  readonly paging: Paging;
  readonly pageSizes: PageSizesByRegion;
  /** Sizes of pages one by one, as they were captured; absent: by region, see `pageSizes`. */
  readonly sizeOf?: SizeRule;
  readonly l2Cr4Pge: 'same' | 'differs';
  readonly seed: number;
  /** Who runs where; absent: one L1 with one vCPU and one L2, on one pCPU. */
  readonly fleet?: Fleet;
  /** Stands between KVM and a pCPU, to look on; absent: nobody does. */
  readonly watch?: (pcpu: Pcpu) => GuestCpu;
}

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

/**
 * L1s with their vCPUs and L2s on some pCPUs, under one strategy. Everything random is drawn from the
 * seed alone, so all strategies see the same guests. Most questions need one of each.
 */
export class World {
  readonly ledger: Ledger;
  readonly tables = new PageTables();
  readonly oracle: Oracle;
  readonly pcpus: readonly Pcpu[];
  readonly kvm: Kvm;
  readonly options: WorldOptions;
  readonly fleet: Fleet;
  /** One for each L2 of each vCPU, by L1, vCPU and L2. */
  readonly places: readonly Place[];

  constructor(options: WorldOptions) {
    this.options = options;
    this.fleet = options.fleet ?? ALONE;
    const { config, behaviour } = options;
    this.ledger = new Ledger(config.prices);
    this.oracle = new Oracle(this.tables);
    this.pcpus = Array.from({ length: this.fleet.pcpus }, () => this.newPcpu());
    this.kvm = svmHardwareSetup({
      behaviour,
      nptEnabled: options.paging.l0 === 'npt',
      flushByAsid: config.flushByAsid,
      asidCount: config.asidCount,
      minAsid: config.sevAsidsMax + 1,
      cpus: options.watch === undefined ? this.pcpus : this.pcpus.map(options.watch),
      owners: this.oracle.owners,
      charge: (kind, count) => this.ledger.charge(kind, count),
      onVmrun: () => {},
    });
    this.places = this.buildPlaces();
  }

  private newPcpu(): Pcpu {
    return new Pcpu({
      config: this.options.config,
      tables: this.tables,
      ledger: this.ledger,
      stale: this.oracle,
      hostOwner: this.oracle.owners.host,
      now: this.oracle.now,
      skipsStale: this.options.behaviour.staleEntries === 'vanish',
    });
  }

  /** Second dimensions: NPT01 for L1; for L2 its shadow NPT02, or NPT01 when L1 shadows. */
  private buildPlaces(): Place[] {
    const { fleet, options, tables } = this;
    const { config } = options;
    const l0 = this.memory(0, null, 'L0');
    const leaf = (size: '4k' | '2m') => (size === '2m' ? '2M' : '4K');
    const places: Place[] = [];
    for (let l1 = 0; l1 < fleet.l1s; l1 += 1) {
      const vm = kvmCreateVm(this.kvm);
      if (fleet.sev === true && !sevAsidNew(this.kvm, vm)) {
        throw new UserError(
          'input',
          'fleet.sev',
          `${fleet.l1s} SEV guests need more SEV ASIDs than the ${config.sevAsidsMax} of the machine`,
          'Take fewer L1s, or a machine with SEV',
        );
      }
      const npt01 =
        options.paging.l0 === 'npt'
          ? tables.addNestedSpace(leaf(options.pageSizes.nptForL1))
          : null;
      const l1Memory = this.memory(1, npt01, streamName('L1', l1));
      const shared: LevelMemory[] = [];
      for (let index = 0; index < fleet.vcpusPerL1; index += 1) {
        const vcpu = svmVcpuCreate(this.kvm, vm);
        svmAllocateNested(this.kvm, vcpu);
        svmVcpuLoad(this.kvm, vcpu, places.length % fleet.pcpus);
        for (let l2 = 0; l2 < fleet.l2sPerVcpu; l2 += 1) {
          const l2Memory =
            (fleet.l2sShareMemory ? shared[0] : undefined) ??
            this.l2Memory(npt01, streamName('L2', places.length));
          shared.push(l2Memory);
          places.push(new Place(this, vcpu, l2, [l0, l1Memory, l2Memory]));
        }
      }
    }
    return places;
  }

  private l2Memory(npt01: NestedSpace | null, name: string): LevelMemory {
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

  /** To be called after streams were made and before they run. */
  reserve(): void {
    for (const pcpu of this.pcpus) pcpu.reserve();
  }
}

/** Where a round trip runs: a vCPU of an L1, with one of its L2s. */
export class Place {
  readonly world: World;
  readonly vcpu: Vcpu;
  /** Which of the vCPU's L2s, from 0. */
  readonly l2: number;
  private readonly memory: readonly [LevelMemory, LevelMemory, LevelMemory];

  constructor(
    world: World,
    vcpu: Vcpu,
    l2: number,
    memory: readonly [LevelMemory, LevelMemory, LevelMemory],
  ) {
    this.world = world;
    this.vcpu = vcpu;
    this.l2 = l2;
    this.memory = memory;
  }

  /** The pCPU that the vCPU is loaded on. */
  get pcpu(): Pcpu {
    return this.world.pcpus[this.vcpu.pcpu]!;
  }

  /** The row of a level's page, made when new. Call `World.reserve` before it is touched. */
  mapping(level: 0 | 1 | 2, page: number): number {
    return this.memory[level].mapping(page);
  }

  /** Touches of captured or traced pages (see TouchStream) over the world's page tables. */
  stream(level: 0 | 1 | 2, pages: Float64Array, touches: Int32Array): TouchStream {
    return this.memory[level].stream(pages, touches, this.pcpu.arrays);
  }
}
