import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { BesideBase } from './beside-base.ts';
import { type CheckerEvent, eventsOf } from './events.ts';
import { WRONG } from './kvm-transitions.ts';
import { OBLIGATION_IDS } from './obligations.ts';
import { grown } from './pair-index.ts';
import { ADDED, countBits, StateSet } from './state-set.ts';
import { BASE_WRONG, type StateSpace, WorldSpace } from './successors.ts';
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
  private readonly space: StateSpace;
  private readonly states: StateSet;
  private readonly events: readonly CheckerEvent[];
  private readonly options: ExploreOptions;
  /** By state: the one before it, and the event that led to it. */
  private parents: Int32Array<ArrayBuffer>;
  private causes: Int32Array<ArrayBuffer>;
  /** New states by the obligation whose bit the index is. */
  private readonly exercised = new Float64Array(OBLIGATION_IDS.length);
  private steps = 0;
  private violatingPaths = 0;
  private isFull = false;
  private isStopped = false;

  constructor(options: ExploreOptions) {
    const { spec, behaviour, base } = options;
    this.options = options;
    this.events = eventsOf(spec);
    this.space =
      base === null
        ? new WorldSpace(spec, behaviour, this.events, options.symmetry !== false)
        : new BesideBase(spec, behaviour, base, this.events);
    this.states = new StateSet(options.maxStates);
    this.parents = new Int32Array(this.states.firsts.length);
    this.causes = new Int32Array(this.states.firsts.length);
  }

  run(): Exploration {
    const [first, second] = this.space.start();
    this.states.add(first, second);
    let from = 0;
    let depth = 0;
    while (depth < this.options.maxDepth && !this.isStopped && !this.isFull) {
      const to = this.states.size;
      if (from === to) break;
      for (let index = from; index < to && !this.isStopped && !this.isFull; index += 1) {
        this.expand(index);
      }
      if (!this.isFull && !this.isStopped && this.states.size > to) depth += 1;
      from = to;
    }
    return {
      states: this.states.size,
      steps: this.steps,
      depth,
      exhaustive: !this.isStopped && !this.isFull && from === this.states.size,
      exercised: [...this.exercised],
      violatingPaths: this.violatingPaths,
    };
  }

  private expand(index: number): void {
    const { states, space } = this;
    const { successors } = space;
    space.expand(states.firsts[index]!, states.seconds[index]!);
    for (let row = 0; row < successors.count; row += 1) {
      const first = successors.first[row]!;
      const event = successors.event[row]!;
      this.steps += 1;
      if (first === BASE_WRONG) continue;
      if (first === WRONG) {
        this.violatingPaths += 1;
        const path = [...this.pathTo(index), event].map((i) => this.events[i]!);
        if (!this.options.onViolation(path)) continue;
        this.isStopped = true;
        return;
      }
      const added = states.add(first, successors.second[row]!);
      if (added === ADDED.known) continue;
      if (added === ADDED.full) {
        this.isFull = true;
        return;
      }
      this.record(states.size - 1, index, event);
      countBits(this.exercised, space.tested(row));
    }
  }

  private record(index: number, parent: number, event: number): void {
    if (index >= this.parents.length) {
      this.parents = grown(this.parents);
      this.causes = grown(this.causes);
    }
    this.parents[index] = parent;
    this.causes[index] = event;
  }

  /** Indices of events, under the names of each state. */
  private pathTo(index: number): number[] {
    const path: number[] = [];
    for (let at = index; at > 0; at = this.parents[at]!) path.push(this.causes[at]!);
    return path.reverse();
  }
}
