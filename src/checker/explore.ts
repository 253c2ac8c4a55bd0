import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { Codec } from './codec.ts';
import { type CheckerEvent, eventsOf } from './events.ts';
import { OBLIGATION_IDS } from './obligations.ts';
import { StateTable } from './state-table.ts';
import { step } from './step.ts';
import { World } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

export interface ExploreOptions {
  readonly spec: WorldSpec;
  readonly behaviour: KvmBehaviour;
  /** Paths that are violations under it too are left out; null for none. */
  readonly base: KvmBehaviour | null;
  /** Events in the longest path. */
  readonly maxDepth: number;
  readonly maxStates: number;
  /** False to take states that differ in names alone as different; for tests of the reduction. */
  readonly symmetry?: boolean;
  /** Called with each path that ends in a violation, shortest first; true ends the exploration. */
  readonly onViolation: (path: readonly CheckerEvent[]) => boolean;
}

export interface Exploration {
  readonly states: number;
  /** Events that were tried and could happen. */
  readonly steps: number;
  /** The longest path all of whose states were expanded, or reached when exhaustive. */
  readonly depth: number;
  /** Every state that can be reached was expanded. */
  readonly exhaustive: boolean;
  /** New states by the obligation that the event into them exercised, in the order of the table. */
  readonly exercised: readonly number[];
  readonly violatingPaths: number;
}

/** Breadth first: every state once, so the first path to a violation is a shortest one. */
export class Explorer {
  private readonly world: World;
  private readonly codec: Codec;
  /** The same events under the base, side by side, so that what is new is found by a shortest path. */
  private readonly base: { readonly world: World; readonly codec: Codec } | null;
  private readonly table: StateTable;
  private readonly events: readonly CheckerEvent[];
  private readonly options: ExploreOptions;
  private parents = new Int32Array(1024);
  private causes = new Int32Array(1024);
  private readonly exercised = new Float64Array(OBLIGATION_IDS.length);
  private steps = 0;
  private violatingPaths = 0;
  private isFull = false;
  private isStopped = false;

  constructor(options: ExploreOptions) {
    this.options = options;
    this.world = new World(options.spec, options.behaviour);
    this.codec = new Codec(this.world);
    if (options.symmetry === false) this.codec.keepNames();
    this.events = eventsOf(options.spec);
    this.base = null;
    if (options.base !== null) {
      const world = new World(options.spec, options.base);
      this.base = { world, codec: new Codec(world, this.codec) };
    }
    const stride = this.codec.stride + (this.base?.codec.stride ?? 0);
    this.table = new StateTable(stride, options.maxStates);
  }

  run(): Exploration {
    this.encode();
    this.table.insert(this.codec.words);
    let from = 0;
    let depth = 0;
    while (depth < this.options.maxDepth && !this.isStopped && !this.isFull) {
      const to = this.table.size;
      if (from === to) break;
      for (let index = from; index < to && !this.isStopped && !this.isFull; index += 1) {
        this.expand(index);
      }
      if (!this.isFull && !this.isStopped && this.table.size > to) depth += 1;
      from = to;
    }
    return {
      states: this.table.size,
      steps: this.steps,
      depth,
      exhaustive: !this.isStopped && !this.isFull && from === this.table.size,
      exercised: [...this.exercised],
      violatingPaths: this.violatingPaths,
    };
  }

  private expand(index: number): void {
    const { codec, table, world, events, base } = this;
    this.restore(index);
    for (let e = 0; e < events.length; e += 1) {
      const happened = step(world, events[e]!);
      const happenedInBase = base !== null && step(base.world, events[e]!);
      if (!happened && !happenedInBase) continue;
      this.steps += 1;
      // Whatever follows would be the base's fault too.
      if (base !== null && base.world.wrong !== null) {
        this.restore(index);
        continue;
      }
      if (world.wrong !== null) {
        this.violatingPaths += 1;
        if (this.options.onViolation([...this.pathTo(index), e].map((i) => events[i]!))) {
          this.isStopped = true;
          return;
        }
      } else {
        this.encode();
        const before = table.size;
        const found = table.insert(codec.words);
        if (found < 0) {
          this.isFull = true;
          return;
        }
        if (table.size > before) this.record(found, index, e);
      }
      this.restore(index);
    }
  }

  private encode(): void {
    this.codec.encode();
    this.base?.codec.encode();
  }

  private restore(index: number): void {
    this.table.read(index, this.codec.words);
    this.codec.decode();
    this.base?.codec.decode();
  }

  private record(index: number, parent: number, event: number): void {
    if (index >= this.parents.length) {
      this.parents = grown(this.parents);
      this.causes = grown(this.causes);
    }
    this.parents[index] = parent;
    this.causes[index] = event;
    let set = this.world.exercised;
    for (let i = 0; set > 0; i += 1) {
      if (set % 2 === 1) this.exercised[i]! += 1;
      set = Math.floor(set / 2);
    }
  }

  /** Indices of events, under the names of each state. */
  private pathTo(index: number): number[] {
    const path: number[] = [];
    for (let at = index; at > 0; at = this.parents[at]!) path.push(this.causes[at]!);
    return path.reverse();
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
