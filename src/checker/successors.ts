import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { addBit } from '../hypervisor/requests.ts';
import { Effects } from './effects.ts';
import type { CheckerEvent } from './events.ts';
import { KvmTransitions, ROW, ROW_WORDS, WRONG } from './kvm-transitions.ts';
import { NOTHING, TruthTransitions } from './truth-transitions.ts';
import type { WorldSpec } from './world-spec.ts';

/** In place of a successor's first number: the base goes wrong too, so nothing is said of it. */
export const BASE_WRONG = -3;

/**
 * What follows a state, which is a pair of numbers. Rows of the last state that was expanded, one for
 * each event that happened, in the order of the events.
 */
export interface Successors {
  count: number;
  readonly event: Int32Array;
  /** The pair, or WRONG or BASE_WRONG as its first number. */
  readonly first: Int32Array;
  readonly second: Int32Array;
}

/** States as pairs of numbers, and what follows them. */
export interface StateSpace {
  readonly successors: Successors;
  start(): readonly [number, number];
  expand(first: number, second: number): void;
  /** Obligations that the event of a row of `successors` put to the test, as bits. */
  tested(row: number): number;
}

export function noSuccessors(events: number): Successors {
  return {
    count: 0,
    event: new Int32Array(events),
    first: new Int32Array(events),
    second: new Int32Array(events),
  };
}

/** A world under one behaviour: a state is KVM's half and the translations. */
export class WorldSpace implements StateSpace {
  readonly successors: Successors;
  private readonly kvm: KvmTransitions;
  private readonly truth: TruthTransitions;
  private readonly first: number;
  /** Of each row of `successors`, for `tested`: KVM's, and that of its effect on the translations. */
  private readonly kvmRows: Int32Array;
  private readonly places: Int32Array;

  constructor(
    spec: WorldSpec,
    behaviour: KvmBehaviour,
    events: readonly CheckerEvent[],
    symmetry: boolean,
  ) {
    this.successors = noSuccessors(events.length);
    this.kvmRows = new Int32Array(events.length);
    this.places = new Int32Array(events.length);
    const effects = new Effects();
    this.kvm = new KvmTransitions(spec, behaviour, events, effects);
    if (!symmetry) this.kvm.keepNames();
    const { state, naming } = this.kvm.start();
    this.first = state;
    this.truth = new TruthTransitions(spec, behaviour, effects, naming);
  }

  start(): [number, number] {
    return [this.first, this.truth.start()];
  }

  expand(first: number, second: number): void {
    const { kvm, truth, successors, kvmRows, places } = this;
    kvm.expand(first);
    const { rows } = kvm;
    const end = kvm.to[first]!;
    const truths = truth.rowOf(second);
    let count = 0;
    for (let row = kvm.from[first]!; row < end; row += ROW_WORDS) {
      const effect = rows[row + ROW.effect]!;
      const after = truth.after(truths, second, effect);
      if (after === NOTHING) continue;
      successors.event[count] = rows[row + ROW.event]!;
      successors.first[count] = after === WRONG ? WRONG : rows[row + ROW.next]!;
      successors.second[count] = after;
      kvmRows[count] = row;
      places[count] = truths + effect;
      count += 1;
    }
    successors.count = count;
  }

  tested(row: number): number {
    const { kvm, truth } = this;
    return addBit(kvm.rows[this.kvmRows[row]! + ROW.tested]!, truth.tested(this.places[row]!));
  }
}
