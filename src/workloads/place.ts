import type { Pcpu, TouchStream } from '../hardware/pcpu.ts';
import type { Vcpu } from '../hypervisor/state.ts';
import type { LevelMemory } from './level-memory.ts';
import type { World } from './world.ts';

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

  /** Touches of captured or traced pages as rows of the world's page tables. */
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
}
