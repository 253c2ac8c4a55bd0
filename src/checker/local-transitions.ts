import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Effects } from './effects.ts';
import { type CheckerEventKind, EVENTS } from './event-kinds.ts';
import type { CheckerEvent } from './events.ts';
import { PART } from './kvm-codec.ts';
import type { KvmParts } from './kvm-parts.ts';
import { LocalWorld, performLocally } from './local-world.ts';
import { FOUND } from './move-rows.ts';
import { grown, PairIndex } from './pair-index.ts';
import type { WorldSpec } from './world-spec.ts';

/** Words of a local transition: the numbers of the parts afterwards come last. */
export const LOCAL = {
  event: 0,
  found: 1,
  script: 2,
  tested: 3,
  rest: 4,
  places: 5,
  vcpu: 6,
  pcpu: 7,
} as const;
export const LOCAL_WORDS = 8;

/** Events of one vCPU on one pCPU: on its own one, or on the one where it is to be loaded. */
interface Group {
  readonly vcpu: number;
  /** The pCPU to load it on; -1 for its own. */
  readonly target: number;
  /** Events of its VM, which do to each vCPU what they do to this one, wherever it is. */
  readonly ofVm: boolean;
  readonly events: readonly number[];
}

/** What the host does to a VM by doing it to each of its vCPUs, whatever the others are. */
export const TO_EACH_VCPU: readonly CheckerEventKind[] = ['host-unmaps', 'memslot-deleted'];

/**
 * What events of a vCPU do to it, its pCPU, the places and the rest, whatever the other parts are:
 * performed by step() once for each combination of these four, in a world that has no more.
 */
export class LocalTransitions {
  readonly groups: readonly Group[];
  rows = new Int32Array(LOCAL_WORDS * 1024);
  /** By list: where it begins and ends in `rows`. */
  from = new Int32Array(1024);
  to = new Int32Array(1024);
  private used = 0;
  private readonly spec: WorldSpec;
  private readonly behaviour: KvmBehaviour;
  private readonly events: readonly CheckerEvent[];
  private readonly parts: KvmParts;
  private readonly effects: Effects;
  private readonly worlds = new Map<number, LocalWorld>();
  /** (rest, places), (vCPU, pCPU), these two, and (the four, group): a list. */
  private readonly shared = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly own = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly four = new PairIndex(Number.MAX_SAFE_INTEGER);
  private readonly lists = new PairIndex(Number.MAX_SAFE_INTEGER);

  constructor(
    spec: WorldSpec,
    behaviour: KvmBehaviour,
    events: readonly CheckerEvent[],
    parts: KvmParts,
    effects: Effects,
  ) {
    this.spec = spec;
    this.behaviour = behaviour;
    this.events = events;
    this.parts = parts;
    this.effects = effects;
    this.groups = [...groupsOf(events), ...groupsOfVms(spec, events)];
  }

  /** The list of a group's transitions in a state; each of those in it stands for many states. */
  list(index: number, numbers: Int32Array): number {
    const { vcpu } = this.groups[index]!;
    const pcpu = this.pcpuOf(index, numbers);
    const { firstPcpu } = this.parts.codec;
    const shared = this.shared.insert(numbers[PART.rest]!, numbers[PART.places]!);
    const own = this.own.insert(
      numbers[PART.firstVcpu + vcpu]!,
      pcpu < 0 ? -1 : numbers[firstPcpu + pcpu]!,
    );
    const before = this.lists.size;
    const list = this.lists.insert(this.four.insert(shared, own), index);
    if (this.lists.size > before) this.find(list, index, pcpu, numbers);
    return list;
  }

  /** The pCPU that a group's events may change; -1 for none. */
  pcpuOf(index: number, numbers: Int32Array): number {
    const { vcpu, target, ofVm } = this.groups[index]!;
    if (ofVm) return -1;
    return target < 0 ? this.parts.pcpuOf(numbers, vcpu) : target;
  }

  private find(list: number, index: number, pcpu: number, numbers: Int32Array): void {
    if (list >= this.from.length) {
      this.from = grown(this.from);
      this.to = grown(this.to);
    }
    const { vcpu, ofVm, events } = this.groups[index]!;
    const local = this.worldOf(vcpu, pcpu, ofVm);
    this.from[list] = this.used;
    this.restore(local, vcpu, pcpu, numbers);
    for (const event of events) {
      const found = performLocally(local, this.events[event]!);
      if (found === null) continue;
      this.add(local, event, found, vcpu, pcpu);
      this.restore(local, vcpu, pcpu, numbers);
    }
    this.to[list] = this.used;
  }

  private add(local: LocalWorld, event: number, found: number, vcpu: number, pcpu: number): void {
    if (this.used + LOCAL_WORDS > this.rows.length) this.rows = grown(this.rows);
    const { rows, used } = this;
    rows[used + LOCAL.event] = event;
    rows[used + LOCAL.found] = found;
    this.used += LOCAL_WORDS;
    if (found === FOUND.reachesBeyond) return;
    rows[used + LOCAL.script] = this.effects.numberScript(local.writer.script());
    rows[used + LOCAL.tested] = local.world.exercised;
    if (found === FOUND.isWrong) return;
    const { firstPcpu } = local.codec;
    const number = (part: number): number => {
      local.codec.writePart(part);
      return this.parts.insert(part, local.codec);
    };
    rows[used + LOCAL.rest] = number(PART.rest);
    rows[used + LOCAL.places] = number(PART.places);
    rows[used + LOCAL.vcpu] = number(PART.firstVcpu + vcpu);
    rows[used + LOCAL.pcpu] = pcpu < 0 ? -1 : number(firstPcpu + pcpu);
  }

  private restore(local: LocalWorld, vcpu: number, pcpu: number, numbers: Int32Array): void {
    const { firstPcpu } = local.codec;
    for (const part of [PART.rest, PART.places, PART.firstVcpu + vcpu]) {
      this.parts.read(part, numbers[part]!, local.codec);
    }
    if (pcpu >= 0) this.parts.read(firstPcpu + pcpu, numbers[firstPcpu + pcpu]!, local.codec);
  }

  private worldOf(vcpu: number, pcpu: number, ofVm: boolean): LocalWorld {
    const key = (vcpu * (this.spec.pcpus + 1) + pcpu + 1) * 2 + (ofVm ? 1 : 0);
    const known = this.worlds.get(key);
    if (known !== undefined) return known;
    const made = new LocalWorld(this.spec, this.behaviour, vcpu, pcpu < 0 ? [] : [pcpu]);
    if (ofVm) made.world.leaveAlone(vcpu);
    this.worlds.set(key, made);
    return made;
  }
}

/** Events of vCPUs. */
function groupsOf(events: readonly CheckerEvent[]): Group[] {
  const groups = new Map<string, Omit<Group, 'events'> & { readonly events: number[] }>();
  for (const [index, { kind, actor, pcpu }] of events.entries()) {
    if (EVENTS[kind].actor !== 'vcpu') continue;
    const target = kind === 'load' ? pcpu : -1;
    const key = `${actor} ${target}`;
    const group = groups.get(key) ?? { vcpu: actor, target, ofVm: false, events: [] };
    group.events.push(index);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Events of VMs, for each of their vCPUs; for others, and those of pCPUs, see HostTransitions. */
function groupsOfVms(spec: WorldSpec, events: readonly CheckerEvent[]): Group[] {
  const vmOf = spec.vms.flatMap((count, vm) => Array.from({ length: count }, () => vm));
  return vmOf.map((vm, vcpu) => ({
    vcpu,
    target: -1,
    ofVm: true,
    events: [...events.keys()].filter(
      (event) => TO_EACH_VCPU.includes(events[event]!.kind) && events[event]!.actor === vm,
    ),
  }));
}
