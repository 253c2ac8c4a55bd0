import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Effects } from './effects.ts';
import type { CheckerEvent } from './events.ts';
import { KvmCodec, PART } from './kvm-codec.ts';
import { KvmParts } from './kvm-parts.ts';
import { FOUND, LOCAL, LOCAL_WORDS, LocalTransitions } from './local-transitions.ts';
import { grown } from './pair-index.ts';
import { ScriptWriter } from './script.ts';
import { StateTable } from './state-table.ts';
import { step } from './step.ts';
import { TruthShape } from './truth-shape.ts';
import { World } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/** In place of the state that an event leads to: something is wrong, whatever the translations are. */
export const WRONG = -1;

/** Words of a transition, in `rows`: event, next state, effect, naming, obligations tested. */
export const ROW = { event: 0, next: 1, effect: 2, naming: 3, tested: 4 } as const;
export const ROW_WORDS = 5;

/** In a plan, of an event: it cannot happen; the whole state has to be looked at. */
const IMPOSSIBLE = -1;
const REACHES_BEYOND = -2;

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
  private readonly local: LocalTransitions;
  /** States as the numbers of their parts. */
  private readonly table: StateTable;
  private readonly events: readonly CheckerEvent[];
  private readonly effects: Effects;
  /** The state that is expanded, one after an event, and that one under its names. */
  private readonly before: Int32Array;
  private readonly after: Int32Array;
  private readonly renamed: Int32Array;
  /** By event: its local transition, or one of these. */
  private readonly plan: Int32Array;

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
    this.local = new LocalTransitions(spec, behaviour, events, this.parts, effects);
    this.before = new Int32Array(this.parts.count);
    this.after = new Int32Array(this.parts.count);
    this.renamed = new Int32Array(this.parts.count);
    this.table = new StateTable(this.before.byteLength, Number.MAX_SAFE_INTEGER);
    this.events = events;
    this.effects = effects;
    this.plan = new Int32Array(events.length);
    this.asItIs = effects.numberNaming(this.parts.codec.names);
  }

  /** From now on states are written under the names that `rename` asks for, or as they are. */
  keepNames(): void {
    this.choosesNames = false;
  }

  /** The state before any event, and its naming. */
  start(): { readonly state: number; readonly naming: number } {
    this.encode();
    const naming = this.chooseNaming();
    return { state: this.insertUnder(naming), naming };
  }

  /** Makes sure that the transitions of a state are in `rows`. */
  expand(state: number): void {
    if (state >= this.from.length) this.growStates();
    if (this.to[state] !== 0) return;
    this.from[state] = this.used;
    this.table.read(state, this.before);
    this.makePlan();
    for (let event = 0; event < this.plan.length; event += 1) {
      const row = this.plan[event]!;
      if (row === IMPOSSIBLE) continue;
      if (row === REACHES_BEYOND) this.performOnAll(event);
      else this.addLocal(event, row);
    }
    this.to[state] = this.used;
  }

  /** The same state under other names. */
  rename(state: number, naming: number): number {
    this.table.read(state, this.after);
    return this.insertUnder(naming);
  }

  /** Looks for each event whether a few parts say what it does. */
  private makePlan(): void {
    const { plan, local } = this;
    plan.fill(REACHES_BEYOND);
    for (let group = 0; group < local.groups.length; group += 1) {
      const list = local.list(group, this.before);
      for (const event of local.groups[group]!.events) plan[event] = IMPOSSIBLE;
      const end = local.to[list]!;
      for (let row = local.from[list]!; row < end; row += LOCAL_WORDS) {
        const isLocal = local.rows[row + LOCAL.found] !== FOUND.reachesBeyond;
        plan[local.rows[row + LOCAL.event]!] = isLocal ? row : REACHES_BEYOND;
      }
    }
  }

  private addLocal(event: number, row: number): void {
    const { rows } = this.local;
    const script = rows[row + LOCAL.script]!;
    const tested = rows[row + LOCAL.tested]!;
    if (rows[row + LOCAL.found] === FOUND.isWrong) {
      this.add(event, WRONG, script, 0, tested);
      return;
    }
    const { after, parts } = this;
    const { actor, kind, pcpu } = this.events[event]!;
    const on = kind === 'load' ? pcpu : parts.pcpuOf(this.before, actor);
    after.set(this.before);
    after[PART.rest] = rows[row + LOCAL.rest]!;
    after[PART.places] = rows[row + LOCAL.places]!;
    after[PART.firstVcpu + actor] = rows[row + LOCAL.vcpu]!;
    if (on >= 0) after[parts.codec.firstPcpu + on] = rows[row + LOCAL.pcpu]!;
    const naming = this.chooseNaming();
    this.add(event, this.insertUnder(naming), script, naming, tested);
  }

  private performOnAll(event: number): void {
    for (let part = 0; part < this.before.length; part += 1) {
      this.parts.read(part, this.before[part]!, this.codec);
    }
    this.writer.script.length = 0;
    if (!step(this.world, this.events[event]!)) return;
    const script = this.effects.numberScript(this.writer.script);
    const { wrong, exercised } = this.world;
    if (wrong !== null) {
      this.add(event, WRONG, script, 0, exercised);
      return;
    }
    this.encode();
    const naming = this.chooseNaming();
    this.add(event, this.insertUnder(naming), script, naming, exercised);
  }

  private add(event: number, next: number, script: number, naming: number, tested: number): void {
    if (this.used + ROW_WORDS > this.rows.length) this.rows = grown(this.rows);
    this.rows[this.used + ROW.event] = event;
    this.rows[this.used + ROW.next] = next;
    this.rows[this.used + ROW.effect] = this.effects.numberEffect(script, naming);
    this.rows[this.used + ROW.naming] = naming;
    this.rows[this.used + ROW.tested] = tested;
    this.used += ROW_WORDS;
  }

  /** The whole world as numbers, into `after`. */
  private encode(): void {
    this.codec.encode();
    for (let part = 0; part < this.after.length; part += 1) {
      this.after[part] = this.parts.insert(part, this.codec);
    }
  }

  /** A naming for the state in `after`. */
  private chooseNaming(): number {
    const { names } = this.parts.codec;
    if (this.choosesNames) this.parts.chooseNames(this.after);
    const naming = this.effects.numberNaming(names);
    names.reset();
    return naming;
  }

  private insertUnder(naming: number): number {
    if (naming === this.asItIs) return this.table.insert(this.after);
    this.parts.rename(this.after, naming, this.renamed);
    return this.table.insert(this.renamed);
  }

  private growStates(): void {
    this.from = grown(this.from);
    this.to = grown(this.to);
  }
}
