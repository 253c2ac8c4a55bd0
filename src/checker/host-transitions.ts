import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Effects } from './effects.ts';
import { EVENTS } from './event-kinds.ts';
import type { CheckerEvent } from './events.ts';
import { PART } from './kvm-codec.ts';
import type { KvmParts } from './kvm-parts.ts';
import { LocalWorld, performLocally } from './local-world.ts';
import { FOUND, MOVE, MoveRows } from './move-rows.ts';
import { PairIndex } from './pair-index.ts';
import type { Surroundings } from './surroundings.ts';
import type { WorldSpec } from './world-spec.ts';

/** In place of a vCPU: an event of a pCPU looks at none. */
const NO_VCPU = -1;

/**
 * What the other events of VMs and pCPUs do to the surroundings, and to the vCPU of the VM where it has
 * one alone: performed by step() once for each of them, in a world with all pCPUs.
 */
export class HostTransitions {
  readonly moves = new MoveRows();
  private readonly spec: WorldSpec;
  private readonly behaviour: KvmBehaviour;
  private readonly events: readonly CheckerEvent[];
  private readonly parts: KvmParts;
  private readonly surroundings: Surroundings;
  private readonly effects: Effects;
  private readonly vmOf: readonly number[];
  private readonly worlds = new Map<number, LocalWorld>();
  /** (surroundings, the number of a vCPU and which one it is): a list. */
  private readonly known = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly lists: number[] = [];
  /** Numbers of all parts. */
  private readonly numbers: Int32Array;

  constructor(
    spec: WorldSpec,
    behaviour: KvmBehaviour,
    events: readonly CheckerEvent[],
    parts: KvmParts,
    surroundings: Surroundings,
    effects: Effects,
  ) {
    this.spec = spec;
    this.behaviour = behaviour;
    this.events = events;
    this.parts = parts;
    this.surroundings = surroundings;
    this.effects = effects;
    this.vmOf = spec.vms.flatMap((count, vm) => Array.from({ length: count }, () => vm));
    this.numbers = new Int32Array(parts.count);
  }

  /** The vCPU that an event is found by; null when the whole state is needed. */
  vcpuFor(event: number): number | null {
    const { kind, actor } = this.events[event]!;
    if (EVENTS[kind].actor === 'pcpu') return NO_VCPU;
    return this.spec.vms[actor] === 1 ? this.vmOf.indexOf(actor) : null;
  }

  /** The list of what events do that are found by a vCPU. */
  list(v: number, surroundings: number, vcpu: number): number {
    const { known } = this;
    const before = known.size;
    const at = known.insert(surroundings, v === NO_VCPU ? NO_VCPU : vcpu * this.vmOf.length + v);
    if (known.size > before) this.lists[at] = this.make(v, surroundings, vcpu);
    return this.lists[at]!;
  }

  private make(v: number, surroundings: number, vcpu: number): number {
    const { numbers } = this;
    this.surroundings.read(surroundings, numbers);
    if (v !== NO_VCPU) numbers[PART.firstVcpu + v] = vcpu;
    const local = this.worldOf(v);
    this.restore(local, v);
    for (let event = 0; event < this.events.length; event += 1) {
      if (EVENTS[this.events[event]!.kind].actor === 'vcpu' || this.vcpuFor(event) !== v) continue;
      const found = performLocally(local, this.events[event]!);
      if (found === null) continue;
      this.add(local, event, found, v);
      this.restore(local, v);
    }
    return this.moves.close();
  }

  private add(local: LocalWorld, event: number, found: number, v: number): void {
    const row = this.moves.add(event, found);
    const { rows } = this.moves;
    if (found === FOUND.reachesBeyond) return;
    rows[row + MOVE.script] = this.effects.numberScript(local.writer.script());
    rows[row + MOVE.tested] = local.world.exercised;
    if (found === FOUND.isWrong) return;
    const after = new Int32Array(this.numbers);
    for (const part of this.partsFor(v)) {
      local.codec.writePart(part);
      after[part] = this.parts.insert(part, local.codec);
    }
    rows[row + MOVE.surroundings] = this.surroundings.insert(after);
    rows[row + MOVE.vcpu] = v === NO_VCPU ? 0 : after[PART.firstVcpu + v]!;
  }

  private restore(local: LocalWorld, v: number): void {
    for (const part of this.partsFor(v)) this.parts.read(part, this.numbers[part]!, local.codec);
  }

  /** The parts that are there. */
  private partsFor(v: number): number[] {
    const { firstPcpu } = this.parts.codec;
    const pcpus = Array.from({ length: this.spec.pcpus }, (_, p) => firstPcpu + p);
    const own = v === NO_VCPU ? [] : [PART.firstVcpu + v];
    return [PART.rest, PART.places, ...own, ...pcpus];
  }

  private worldOf(v: number): LocalWorld {
    const known = this.worlds.get(v);
    if (known !== undefined) return known;
    const pcpus = Array.from({ length: this.spec.pcpus }, (_, p) => p);
    const made = new LocalWorld(this.spec, this.behaviour, v, pcpus);
    this.worlds.set(v, made);
    return made;
  }
}
