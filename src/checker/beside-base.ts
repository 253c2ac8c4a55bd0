import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { addBit } from '../hypervisor/requests.ts';
import { Effects } from './effects.ts';
import type { CheckerEvent } from './events.ts';
import { KvmTransitions, ROW, ROW_WORDS, WRONG } from './kvm-transitions.ts';
import { PairIndex } from './pair-index.ts';
import { BASE_WRONG, noSuccessors, type StateSpace, type Successors } from './successors.ts';
import { NOTHING, TruthTransitions } from './truth-transitions.ts';
import type { WorldSpec } from './world-spec.ts';

/** One of two behaviours that do the same events. */
interface Side {
  readonly kvm: KvmTransitions;
  readonly truth: TruthTransitions;
  /** Its states: KVM's half and the translations. */
  readonly states: PairIndex;
}

/** What one event does on a side. */
interface Done {
  state: number;
  happened: boolean;
  wrong: boolean;
  effect: number;
  tested: number;
}

/**
 * The same events under a behaviour and under the base, side by side, so that what is new is found by
 * a shortest path. A state is a pair of states, the base's under the names of the other one.
 */
export class BesideBase implements StateSpace {
  readonly successors: Successors;
  private readonly effects = new Effects();
  private readonly own: Side;
  private readonly base: Side;
  private readonly ownDone = nothingDone();
  private readonly baseDone = nothingDone();
  private readonly events: number;
  /** (state of the base, naming), and the state under it. */
  private readonly renamings = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly renamed: number[] = [];
  private readonly first: readonly [number, number];
  /** By row of `successors`. */
  private readonly testedBy: Int32Array;

  constructor(
    spec: WorldSpec,
    behaviour: KvmBehaviour,
    base: KvmBehaviour,
    events: readonly CheckerEvent[],
  ) {
    const { effects } = this;
    this.events = events.length;
    this.successors = noSuccessors(events.length);
    this.testedBy = new Int32Array(events.length);
    const side = (of: KvmBehaviour, kvm: KvmTransitions, naming: number): Side => ({
      kvm,
      truth: new TruthTransitions(spec, of, effects, naming),
      states: new PairIndex(Number.MAX_SAFE_INTEGER),
    });
    const kvm = new KvmTransitions(spec, behaviour, events, effects);
    const start = kvm.start();
    this.own = side(behaviour, kvm, start.naming);
    const ofBase = new KvmTransitions(spec, base, events, effects);
    ofBase.keepNames();
    const plain = ofBase.start();
    this.base = side(base, ofBase, plain.naming);
    const baseStart = this.base.states.insert(plain.state, this.base.truth.start());
    this.first = [
      this.own.states.insert(start.state, this.own.truth.start()),
      this.underNaming(baseStart, start.naming),
    ];
  }

  start(): readonly [number, number] {
    return this.first;
  }

  expand(first: number, second: number): void {
    const { own, base, ownDone, baseDone, successors } = this;
    own.kvm.expand(own.states.firsts[first]!);
    base.kvm.expand(base.states.firsts[second]!);
    const rows = [rowsOf(own, first), rowsOf(base, second)] as const;
    let count = 0;
    for (let event = 0; event < this.events; event += 1) {
      perform(own, first, rows[0].next(event), ownDone);
      perform(base, second, rows[1].next(event), baseDone);
      if (!ownDone.happened && !baseDone.happened) continue;
      successors.event[count] = event;
      this.testedBy[count] = ownDone.tested;
      if (baseDone.wrong) successors.first[count] = BASE_WRONG;
      else if (ownDone.wrong) successors.first[count] = WRONG;
      else {
        successors.first[count] = ownDone.state;
        successors.second[count] = ownDone.happened
          ? this.underNaming(baseDone.state, this.effects.namingNumber(ownDone.effect))
          : baseDone.state;
      }
      count += 1;
    }
    successors.count = count;
  }

  tested(row: number): number {
    return this.testedBy[row]!;
  }

  /** A state of the base under the names that the other side chose. */
  private underNaming(state: number, naming: number): number {
    const before = this.renamings.size;
    const place = this.renamings.insert(state, naming);
    if (this.renamings.size > before) {
      const { effects } = this;
      const { kvm, truth, states } = this.base;
      const nothing = effects.numberScript([]);
      const effect = effects.numberEffect(nothing, naming);
      const second = states.seconds[state]!;
      this.renamed[place] = states.insert(
        kvm.rename(states.firsts[state]!, naming),
        truth.after(truth.rowOf(second), second, effect),
      );
    }
    return this.renamed[place]!;
  }
}

function nothingDone(): Done {
  return { state: 0, happened: false, wrong: false, effect: 0, tested: 0 };
}

/** Goes through a state's transitions: `next` gives that of an event, or -1. Events come in order. */
function rowsOf({ kvm, states }: Side, state: number): { next: (event: number) => number } {
  const half = states.firsts[state]!;
  let row = kvm.from[half]!;
  const end = kvm.to[half]!;
  return {
    next: (event) => {
      if (row >= end || kvm.rows[row + ROW.event] !== event) return -1;
      row += ROW_WORDS;
      return row - ROW_WORDS;
    },
  };
}

/** Writes into `done` what a transition does to a state; `row` is -1 for none. */
function perform({ kvm, truth, states }: Side, state: number, row: number, done: Done): void {
  done.state = state;
  done.happened = false;
  done.wrong = false;
  done.tested = 0;
  if (row < 0) return;
  const next = kvm.rows[row + ROW.next]!;
  const second = states.seconds[state]!;
  const effect = kvm.rows[row + ROW.effect]!;
  const truths = truth.rowOf(second);
  const after = truth.after(truths, second, effect);
  if (after === NOTHING) return;
  done.happened = true;
  done.wrong = next === WRONG || after === WRONG;
  if (done.wrong) return;
  done.state = states.insert(next, after);
  done.effect = effect;
  done.tested = addBit(kvm.rows[row + ROW.tested]!, truth.tested(truths + effect));
}
