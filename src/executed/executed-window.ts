import { KIND, Ledger } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import { PageTables } from '../hardware/page-tables.ts';
import { Pcpu } from '../hardware/pcpu.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import type { CpuEvent, VmrunEvent } from '../inputs/cpu-events.ts';
import { Oracle } from '../oracle/oracle.ts';
import { type Prng, prngFor } from '../util/prng.ts';
import { LevelMemory } from '../workloads/level-memory.ts';
import { capturedSizes, type Paging, type SizeRule } from '../workloads/mapped-sizes.ts';
import { changesPagingMode, pageOfAddress } from './control-registers.ts';
import type { CutWindow, ExecutedSegment, ExecutedTrip, Iteration } from './iterations.ts';
import { type VmrunOwner, vmrunOwners } from './vmrun-owners.ts';

const INSTRUCTION_KIND = [KIND.l0Instruction, KIND.l1Instruction, KIND.l2Instruction] as const;
/** Memory of the captured guests: L1 had 1 GiB, L2 less. */
const RAM_PAGES = [262_144, 262_144, 65_536] as const;
/** Everything of one ASID. */
const WHOLE_ASID = {
  pcid: null,
  mappings: null,
  includeGlobal: true,
  includeNested: true,
  finalOnly: false,
} as const;

export interface ExecutedOptions {
  readonly config: MachineConfig;
  readonly paging: Paging;
  /** Sizes of pages that the window did not touch. */
  readonly otherwise: SizeRule;
  readonly seed: number;
  /** Seeds choose among the first so many iterations; at most as many as there are. */
  readonly chosenFrom: number;
}

/**
 * Modelled hardware that does what a captured kernel made its CPU do: VMRUN with the ASIDs and
 * TLB_CONTROLs of the log, its INVLPGA, INVLPG, MOV CR3, and the touches of each segment. Nothing is
 * decided here. Seeds choose which iterations run, in which order, and where pages lie.
 */
export class ExecutedWindow {
  readonly ledger: Ledger;
  readonly oracle: Oracle;
  private readonly tables = new PageTables();
  private readonly pcpu: Pcpu;
  private readonly memory: readonly LevelMemory[];
  private readonly iterations: readonly Iteration[];
  private readonly streams = new Map<ExecutedSegment, TouchStream>();
  private readonly order: Prng;
  private readonly chosenFrom: number;
  private pending: ExecutedTrip[] = [];
  private readonly ownerOf: ReadonlyMap<VmrunEvent, VmrunOwner>;
  /** Who ran under an ASID last. */
  private readonly ofAsid = new Map<number, VmrunOwner>();

  /** Throws RangeError if the window has fewer iterations than can be chosen. */
  constructor(window: CutWindow, options: ExecutedOptions) {
    const { config, paging, seed } = options;
    this.iterations = window.iterations;
    if (this.iterations.length < options.chosenFrom) throw new RangeError('too few iterations');
    this.chosenFrom = options.chosenFrom;
    this.ledger = new Ledger(config.prices);
    this.oracle = new Oracle(this.tables);
    this.order = prngFor(seed, 'iterations of a capture');
    this.pcpu = new Pcpu({
      config,
      tables: this.tables,
      ledger: this.ledger,
      stale: this.oracle,
      hostOwner: this.oracle.owners.host,
      now: this.oracle.now,
      skipsStale: false,
    });
    this.memory = this.levels(paging, capturedSizes(window, options.otherwise), seed);
    this.ownerOf = vmrunOwners(window.segments, this.oracle.owners);
    for (const trip of this.iterations.flat()) {
      for (const segment of trip) this.prepare(segment, window.pages);
    }
    this.pcpu.reserve();
  }

  /** The next round trip of the iterations that the seed chose. */
  next(): void {
    if (this.pending.length === 0) {
      this.pending = [...this.iterations[this.order.nextInt(this.chosenFrom)]!];
    }
    for (const segment of this.pending.shift()!) this.run(segment);
  }

  private levels(paging: Paging, sizeOf: SizeRule, seed: number): LevelMemory[] {
    // What most pages of the second dimension have; those that were captured have their own.
    const npt01 = paging.l0 === 'npt' ? this.tables.addNestedSpace('2M') : null;
    const npt02 = paging.l1 === 'npt' ? this.tables.addNestedSpace('4K') : npt01;
    return ([null, npt01, npt02] as const).map(
      (nested, at) =>
        new LevelMemory(this.tables, {
          level: at as 0 | 1 | 2,
          nested,
          sizeOf,
          ramPages: RAM_PAGES[at]!,
          seed,
          name: `L${at}`,
        }),
    );
  }

  /** Makes the rows of everything that a segment will touch or flush. */
  private prepare(segment: ExecutedSegment, pages: Float64Array): void {
    const memory = this.memory[segment.level]!;
    this.streams.set(segment, memory.stream(pages, segment.touches, this.pcpu.arrays));
    for (const event of segment.within) {
      if (event.kind === 'invlpg') memory.mapping(pageOfAddress(event.address));
      else if (event.kind === 'invlpga') {
        for (const level of [1, 2]) this.memory[level]!.mapping(pageOfAddress(event.address));
      }
    }
  }

  private run(segment: ExecutedSegment): void {
    const { begin, level, instructions, within } = segment;
    if (begin.kind === 'vmexit') this.pcpu.vmexit();
    else this.vmrun(begin);
    const stream = this.streams.get(segment)!;
    this.pcpu.run(stream, 0, stream.touches.length);
    this.ledger.charge(INSTRUCTION_KIND[level], instructions);
    // First touches carry no time: what the segment flushes is flushed after them.
    for (const event of within) this.perform(event, level);
  }

  /**
   * Iterations that did not follow each other in the capture can find an ASID with somebody who did not
   * have it there, because the flush that came between them did not run: it is made up for, unpaid.
   */
  private vmrun(event: VmrunEvent): void {
    const { asid, tlbControl } = event;
    const entered = this.ownerOf.get(event)!;
    const last = this.ofAsid.get(asid)?.owner ?? entered.owner;
    if (last !== entered.owner && last !== entered.before) {
      this.pcpu.acceptBroadcast({ ...WHOLE_ASID, asid });
    }
    this.ofAsid.set(asid, entered);
    this.pcpu.vmrun(asid, tlbControl, entered.owner);
  }

  private perform(event: CpuEvent, level: 0 | 1 | 2): void {
    if (event.kind === 'invlpg') {
      this.pcpu.invlpg(this.memory[level]!.mapping(pageOfAddress(event.address)));
    } else if (event.kind === 'invlpga') {
      const owner = this.memory[this.ofAsid.get(event.asid)?.level ?? 2]!;
      this.pcpu.invlpga(event.asid, owner.mapping(pageOfAddress(event.address)));
    } else if (event.kind === 'controlRegisterWrite') {
      if (event.register === 'cr3') this.pcpu.movCr3(0, false);
      else if (changesPagingMode(event)) this.pcpu.changePagingMode();
    }
  }
}
