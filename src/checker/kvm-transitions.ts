import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Effects } from './effects.ts';
import type { CheckerEvent } from './events.ts';
import { KvmCodec } from './kvm-codec.ts';
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

/**
 * KVM's half of the states that were seen, by number, and what each event does to it. step() performs
 * each event in each of them once: what KVM does depends on nothing else, and what the event does to
 * translations is written down as an effect.
 */
export class KvmTransitions {
  /** Transitions, those of a state one after the other in the order of their events. */
  rows = new Int32Array(ROW_WORDS * 1024);
  private used = 0;
  /** By state: where its transitions begin and end; both 0 until they are asked for. */
  from = new Int32Array(1024);
  to = new Int32Array(1024);
  private readonly world: World;
  private readonly codec: KvmCodec;
  private readonly writer: ScriptWriter;
  private readonly table: StateTable;
  private readonly events: readonly CheckerEvent[];
  private readonly effects: Effects;

  constructor(
    spec: WorldSpec,
    behaviour: KvmBehaviour,
    events: readonly CheckerEvent[],
    effects: Effects,
  ) {
    this.writer = new ScriptWriter(new TruthShape(spec));
    this.world = new World(spec, behaviour, this.writer);
    this.codec = new KvmCodec(this.world);
    this.table = new StateTable(this.codec.bytes.size, Number.MAX_SAFE_INTEGER);
    this.events = events;
    this.effects = effects;
  }

  /** From now on states are written under the names that `rename` asks for, or as they are. */
  keepNames(): void {
    this.codec.keepNames();
  }

  /** The state before any event, and its naming. */
  start(): { readonly state: number; readonly naming: number } {
    this.codec.encode();
    return { state: this.insert(), naming: this.effects.numberNaming(this.codec.names) };
  }

  /** Makes sure that the transitions of a state are in `rows`. */
  expand(state: number): void {
    if (state >= this.from.length) this.growStates();
    if (this.to[state] !== 0) return;
    this.from[state] = this.used;
    this.restore(state);
    for (let event = 0; event < this.events.length; event += 1) {
      this.writer.script.length = 0;
      if (!step(this.world, this.events[event]!)) continue;
      this.addRow(event);
      this.restore(state);
    }
    this.to[state] = this.used;
  }

  /** The same state under other names. */
  rename(state: number, naming: number): number {
    this.restore(state);
    this.codec.names.use(this.effects.naming(naming));
    this.codec.encode();
    this.codec.names.reset();
    return this.insert();
  }

  private addRow(event: number): void {
    const { world, codec, effects, writer } = this;
    if (this.used + ROW_WORDS > this.rows.length) this.rows = grown(this.rows);
    let next = WRONG;
    let naming = 0;
    if (world.wrong === null) {
      codec.encode();
      next = this.insert();
      naming = effects.numberNaming(codec.names);
    }
    this.rows[this.used + ROW.event] = event;
    this.rows[this.used + ROW.next] = next;
    this.rows[this.used + ROW.effect] = effects.numberEffect(
      effects.numberScript(writer.script),
      naming,
    );
    this.rows[this.used + ROW.naming] = naming;
    this.rows[this.used + ROW.tested] = world.exercised;
    this.used += ROW_WORDS;
  }

  private insert(): number {
    return this.table.insert(this.codec.bytes.words);
  }

  private restore(state: number): void {
    this.table.read(state, this.codec.bytes.words);
    this.codec.decode();
  }

  private growStates(): void {
    this.from = grown(this.from);
    this.to = grown(this.to);
  }
}
