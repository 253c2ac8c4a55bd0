import type { Pcpu } from '../hardware/pcpu.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
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

  /** Touches of captured or traced pages (see TouchStream) over the world's page tables. */
  stream(level: 0 | 1 | 2, pages: Float64Array, touches: Int32Array): TouchStream {
    return this.memory[level].stream(pages, touches, this.pcpu.arrays);
  }
}
