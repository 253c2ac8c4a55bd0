import { Ledger } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import type { PageTables } from '../hardware/page-tables.ts';
import { Pcpu } from '../hardware/pcpu.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import { svmVcpuLoad } from '../hypervisor/asid.ts';
import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { kvmCreateVm, svmHardwareSetup, svmVcpuCreate } from '../hypervisor/kvm-svm.ts';
import { svmAllocateNested } from '../hypervisor/nested-transitions.ts';
import { sevAsidNew } from '../hypervisor/sev.ts';
import type { GuestCpu, Kvm, Vcpu } from '../hypervisor/state.ts';
import { Oracle } from '../oracle/oracle.ts';
import { UserError } from '../util/user-error.ts';
import type { LevelMemory } from './level-memory.ts';
import { type Fleet, type MemoryOptions, WorldMemory } from './world-memory.ts';

export interface WorldOptions extends MemoryOptions {
  readonly config: MachineConfig;
  readonly behaviour: KvmBehaviour;
  readonly l2Cr4Pge: 'same' | 'differs';
  /** Of an earlier world with the same guests, made as new by `forget`; absent: made anew. */
  readonly memory?: WorldMemory;
  /** Stands between KVM and a pCPU, to look on; absent: nobody does. */
  readonly watch?: (pcpu: Pcpu) => GuestCpu;
}

/**
 * L1s with their vCPUs and L2s on some pCPUs, under one strategy. Everything random is drawn from the
 * seed alone, so all strategies see the same guests. Most questions need one of each.
 */
export class World {
  readonly ledger: Ledger;
  private readonly memory: WorldMemory;
  readonly tables: PageTables;
  readonly oracle: Oracle;
  readonly pcpus: readonly Pcpu[];
  readonly kvm: Kvm;
  readonly options: WorldOptions;
  readonly fleet: Fleet;
  /** One for each L2 of each vCPU, by L1, vCPU and L2. */
  readonly places: readonly Place[];

  constructor(options: WorldOptions) {
    this.options = options;
    const { config, behaviour } = options;
    this.memory = options.memory ?? new WorldMemory(options);
    this.fleet = this.memory.fleet;
    this.tables = this.memory.tables;
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

  private buildPlaces(): Place[] {
    const { fleet, memory } = this;
    const places: Place[] = [];
    for (const { memory: l1Memory, l2s } of memory.l1s) {
      const vm = kvmCreateVm(this.kvm);
      if (fleet.sev === true && !sevAsidNew(this.kvm, vm)) {
        throw new UserError(
          'input',
          'fleet.sev',
          `${fleet.l1s} SEV guests need more SEV ASIDs than the ${this.options.config.sevAsidsMax} of the machine`,
          'Take fewer L1s, or a machine with SEV',
        );
      }
      for (const l2sOfVcpu of l2s) {
        const vcpu = svmVcpuCreate(this.kvm, vm);
        svmAllocateNested(this.kvm, vcpu);
        svmVcpuLoad(this.kvm, vcpu, places.length % fleet.pcpus);
        for (const [l2, l2Memory] of l2sOfVcpu.entries()) {
          places.push(new Place(this, vcpu, l2, [memory.l0, l1Memory, l2Memory]));
        }
      }
    }
    return places;
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
