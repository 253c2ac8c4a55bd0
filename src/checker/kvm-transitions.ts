import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Effects } from './effects.ts';
import type { CheckerEvent } from './events.ts';
import { HostTransitions } from './host-transitions.ts';
import { KvmCodec, PART } from './kvm-codec.ts';
import { KvmNames } from './kvm-names.ts';
import { KvmParts } from './kvm-parts.ts';
import { LocalTransitions } from './local-transitions.ts';
import { FOUND, MOVE, MOVE_WORDS, type MoveRows } from './move-rows.ts';
import { grown } from './pair-index.ts';
import { ScriptWriter } from './script.ts';
import { step } from './step.ts';
import { STATE, Surroundings } from './surroundings.ts';
import { TruthShape } from './truth-shape.ts';
import { TupleIndex } from './tuple-index.ts';
import { VcpuTransitions } from './vcpu-transitions.ts';
import { WideTransitions } from './wide-transitions.ts';
import { World } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/** In place of the state that an event leads to: something is wrong, whatever the translations are. */
export const WRONG = -1;

/** Words of a transition, in `rows`: event, next state, effect, obligations tested. */
export const ROW = { event: 0, next: 1, effect: 2, tested: 3 } as const;
export const ROW_WORDS = 4;

/** More than the number of any event. */
const NO_EVENT = 65_536;

/**
 * KVM's half of the states that were seen, by number, and what each event does to it. step() performs
 * each event in each combination of the parts that it depends on once: what KVM does depends on
 * nothing else, and what the event does to translations is written down as an effect.
 */
export class KvmTransitions {
  /** Transitions, those of a state one after the other in the order of their events. */
  rows = new Int32Array(ROW_WORDS * 1024);
  private used = 0;
  /** By state: where its transitions begin and end; both 0 until they are asked for. */
  from = new Int32Array(1024);
  to = new Int32Array(1024);
  private choosesNames = true;
  /** The naming that changes no name. */
  private readonly asItIs: number;
  /** The whole world, for events that reach beyond their vCPU. */
  private readonly world: World;
  private readonly codec: KvmCodec;
  private readonly writer: ScriptWriter;
  private readonly parts: KvmParts;
  private readonly surroundings: Surroundings;
  private readonly names: KvmNames;
  private readonly ofVcpus: VcpuTransitions;
  private readonly moves: MoveRows;
  private readonly table: TupleIndex;
  private readonly events: readonly CheckerEvent[];
  private readonly wide: WideTransitions;
  private readonly effects: Effects;
  /** The state that is expanded, one after an event, and that one under its names. */
  private readonly before: Int32Array;
  private readonly after: Int32Array;
  private readonly renamed: Int32Array;
  /** Numbers of all parts of a state. */
  private readonly numbers: Int32Array;
  /** By vCPU: its next transition of the state that is expanded, and where they end. */
  private readonly next: Int32Array;
  private readonly end: Int32Array;

  constructor(
    spec: WorldSpec,
    behaviour: KvmBehaviour,
    events: readonly CheckerEvent[],
    effects: Effects,
  ) {
    this.writer = new ScriptWriter(new TruthShape(spec));
    this.world = new World(spec, behaviour, this.writer);
    this.codec = new KvmCodec(this.world);
    this.codec.keepNames();
    this.parts = new KvmParts(spec, behaviour, effects);
    this.surroundings = new Surroundings(spec.pcpus, this.codec.firstPcpu);
    this.names = new KvmNames(this.parts, this.surroundings, effects);
    const local = new LocalTransitions(spec, behaviour, events, this.parts, effects);
    this.ofVcpus = new VcpuTransitions(this.parts, this.surroundings, local, false);
    this.moves = this.ofVcpus.moves;
    const ofVms = new VcpuTransitions(this.parts, this.surroundings, local, true);
    const ofHost = new HostTransitions(
      spec,
      behaviour,
      events,
      this.parts,
      this.surroundings,
      effects,
    );
    this.wide = new WideTransitions(events, this.world, ofVms, ofHost, effects);
    const vcpus = this.world.vmOf.length;
    this.before = new Int32Array(STATE.vcpus + vcpus);
    this.after = new Int32Array(this.before.length);
    this.renamed = new Int32Array(this.before.length);
    this.numbers = new Int32Array(this.parts.count);
    this.next = new Int32Array(vcpus);
    this.end = new Int32Array(vcpus);
    this.table = new TupleIndex(this.before.length);
    this.events = events;
    this.effects = effects;
    this.asItIs = effects.numberNaming(this.parts.codec.names);
  }

  /** From now on states are written under the names that `rename` asks for, or as they are. */
  keepNames(): void {
    this.choosesNames = false;
  }

  /** The state before any event, and its naming. */
  start(): { readonly state: number; readonly naming: number } {
    this.encode();
    const naming = this.choosesNames ? this.names.choose(this.after) : this.asItIs;
    return { state: this.insertUnder(naming), naming };
  }

  /** Makes sure that the transitions of a state are in `rows`. */
  expand(state: number): void {
    if (state >= this.from.length) this.growStates();
    if (this.to[state] !== 0) return;
    this.from[state] = this.used;
    this.table.read(state, this.before);
    this.findMoves();
    for (let wide = 0; ; ) {
      const v = this.firstMove();
      const event = v < 0 ? NO_EVENT : this.moves.rows[this.next[v]! + MOVE.event]!;
      if (wide < this.wide.events.length && this.wide.events[wide]! < event) {
        this.performWide(wide);
        wide += 1;
      } else if (v >= 0) {
        this.addMove(v, this.next[v]!);
        this.next[v]! += MOVE_WORDS;
      } else break;
    }
    this.to[state] = this.used;
  }

  /** The same state under other names. */
  rename(state: number, naming: number): number {
    this.table.read(state, this.after);
    return this.insertUnder(naming);
  }

  private findMoves(): void {
    const { moves, before } = this;
    for (let v = 0; v < this.next.length; v += 1) {
      const list = this.ofVcpus.list(v, before[STATE.surroundings]!, before[STATE.vcpus + v]!);
      this.next[v] = moves.from[list]!;
      this.end[v] = moves.to[list]!;
    }
  }

  /** The vCPU whose next event comes first; -1 when none is left. */
  private firstMove(): number {
    const { next, end } = this;
    const { rows } = this.moves;
    let first = -1;
    let least = NO_EVENT;
    for (let v = 0; v < next.length; v += 1) {
      if (next[v] === end[v]) continue;
      const event = rows[next[v]! + MOVE.event]!;
      if (event >= least) continue;
      least = event;
      first = v;
    }
    return first;
  }

  private addMove(v: number, row: number): void {
    const { rows } = this.moves;
    const event = rows[row + MOVE.event]!;
    const found = rows[row + MOVE.found]!;
    if (found === FOUND.reachesBeyond) {
      this.performOnAll(event);
      return;
    }
    const script = rows[row + MOVE.script]!;
    const tested = rows[row + MOVE.tested]!;
    if (found === FOUND.isWrong) {
      this.add(event, WRONG, script, this.asItIs, tested);
      return;
    }
    this.after.set(this.before);
    this.after[STATE.surroundings] = rows[row + MOVE.surroundings]!;
    this.after[STATE.vcpus + v] = rows[row + MOVE.vcpu]!;
    this.addAfter(event, script, tested);
  }

  /** An event of a VM or a pCPU. */
  private performWide(index: number): void {
    const { wide } = this;
    const event = wide.events[index]!;
    const found = wide.perform(index, this.before, this.after);
    if (found === FOUND.reachesBeyond) this.performOnAll(event);
    else if (found !== null) this.addAfter(event, wide.script, wide.tested);
  }

  private performOnAll(event: number): void {
    const { numbers, before, parts } = this;
    this.surroundings.read(before[STATE.surroundings]!, numbers);
    numbers.set(before.subarray(STATE.vcpus), PART.firstVcpu);
    for (let part = 0; part < numbers.length; part += 1) {
      parts.read(part, numbers[part]!, this.codec);
    }
    this.writer.clear();
    if (!step(this.world, this.events[event]!)) return;
    const script = this.effects.numberScript(this.writer.script());
    const { wrong, exercised } = this.world;
    if (wrong !== null) {
      this.add(event, WRONG, script, this.asItIs, exercised);
      return;
    }
    this.encode();
    this.addAfter(event, script, exercised);
  }

  /** The event led to the state in `after`. */
  private addAfter(event: number, script: number, tested: number): void {
    const naming = this.choosesNames ? this.names.choose(this.after) : this.asItIs;
    this.add(event, this.insertUnder(naming), script, naming, tested);
  }

  private add(event: number, next: number, script: number, naming: number, tested: number): void {
    if (this.used + ROW_WORDS > this.rows.length) this.rows = grown(this.rows);
    const { rows, used } = this;
    rows[used + ROW.event] = event;
    rows[used + ROW.next] = next;
    rows[used + ROW.effect] = this.effects.numberEffect(script, naming);
    rows[used + ROW.tested] = tested;
    this.used += ROW_WORDS;
  }

  /** The whole world as numbers, into `after`. */
  private encode(): void {
    const { numbers, after } = this;
    this.codec.encode();
    for (let part = 0; part < numbers.length; part += 1) {
      numbers[part] = this.parts.insert(part, this.codec);
    }
    after[STATE.surroundings] = this.surroundings.insert(numbers);
    for (let v = 0; v < this.next.length; v += 1) {
      after[STATE.vcpus + v] = numbers[PART.firstVcpu + v]!;
    }
  }

  private insertUnder(naming: number): number {
    if (naming === this.asItIs) return this.table.insert(this.after);
    this.names.rename(this.after, naming, this.renamed);
    return this.table.insert(this.renamed);
  }

  private growStates(): void {
    this.from = grown(this.from);
    this.to = grown(this.to);
  }
}
