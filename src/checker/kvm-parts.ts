import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { Effects } from './effects.ts';
import { KvmCodec, PART } from './kvm-codec.ts';
import { PairIndex } from './pair-index.ts';
import { ScriptWriter } from './script.ts';
import { StateTable } from './state-table.ts';
import { traitOf } from './symmetry.ts';
import { TruthShape } from './truth-shape.ts';
import { PHASE, World } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/**
 * The parts of KVM's states that were seen, by number: a state is the numbers of its parts. Those of
 * vCPUs are numbered together, whichever vCPU they are of; likewise those of pCPUs. A world that is
 * never stepped reads them, to sort vCPUs and to write parts under other names.
 */
export class KvmParts {
  readonly codec: KvmCodec;
  private readonly world: World;
  private readonly effects: Effects;
  /** By kind: VMs and pools, places, vCPUs, pCPUs. */
  private readonly tables: readonly StateTable[];
  private readonly kinds: readonly number[];
  /** By kind: (number, naming and part), and the number under that naming. */
  private readonly renamings: readonly PairIndex[];
  private readonly renamed: readonly number[][];
  /** By number: what `Names` sorts by; found out once. */
  private readonly alive: (readonly number[])[] = [];
  private readonly places: { phase: readonly number[]; pcpu: readonly number[] }[] = [];
  private readonly vcpus: { key: number; cpu01: number; cpu02: number; lastAsid12: number }[] = [];

  constructor(spec: WorldSpec, behaviour: KvmBehaviour, effects: Effects) {
    this.effects = effects;
    this.world = new World(spec, behaviour, new ScriptWriter(new TruthShape(spec)));
    this.codec = new KvmCodec(this.world);
    this.codec.keepNames();
    this.codec.encode();
    this.codec.decode();
    const { parts, firstPcpu } = this.codec;
    this.kinds = parts.map((_, part) => (part < firstPcpu ? Math.min(part, PART.firstVcpu) : 3));
    this.tables = [PART.rest, PART.places, PART.firstVcpu, firstPcpu].map(
      (part) => new StateTable(parts[part]!.byteLength, Number.MAX_SAFE_INTEGER),
    );
    this.renamings = this.tables.map(() => new PairIndex(Number.MAX_SAFE_INTEGER));
    this.renamed = this.tables.map(() => []);
  }

  /** Parts of a state. */
  get count(): number {
    return this.kinds.length;
  }

  /** The number of a part that another world has written. */
  insert(part: number, from: KvmCodec): number {
    return this.tables[this.kinds[part]!]!.insert(from.parts[part]!);
  }

  /** Lets a world read a part. */
  read(part: number, number: number, into: KvmCodec): void {
    this.tables[this.kinds[part]!]!.read(number, into.parts[part]!);
    into.readPart(part);
  }

  /** Where a vCPU is loaded in a state; -1 for nowhere. */
  pcpuOf(numbers: Int32Array, v: number): number {
    return this.placesOf(numbers[PART.places]!).pcpu[v]!;
  }

  /** Lets names of the codec be chosen by a state's traits. */
  chooseNames(numbers: Int32Array): void {
    const { names } = this.codec;
    const { traits } = names;
    const alive = this.aliveOf(numbers[PART.rest]!);
    const places = this.placesOf(numbers[PART.places]!);
    for (let v = 0; v < alive.length; v += 1) {
      const vcpu = this.vcpuOf(numbers[PART.firstVcpu + v]!);
      traits.isAlive[v] = alive[v]!;
      traits.phase[v] = places.phase[v]!;
      traits.pcpu[v] = places.pcpu[v]!;
      traits.key[v] = vcpu.key;
      traits.cpu01[v] = vcpu.cpu01;
      traits.cpu02[v] = vcpu.cpu02;
      traits.lastAsid12[v] = vcpu.lastAsid12;
    }
    names.choose();
  }

  /** A state's numbers under another naming, into `renamed`. */
  rename(numbers: Int32Array, naming: number, renamed: Int32Array): void {
    const { firstPcpu } = this.codec;
    const { vcpu, pcpu } = this.effects.naming(naming);
    const alive = this.aliveOf(numbers[PART.rest]!);
    for (let part = 0; part < numbers.length; part += 1) {
      let to = part;
      if (part >= firstPcpu) to = firstPcpu + pcpu[part - firstPcpu]!;
      else if (part >= PART.firstVcpu) to = PART.firstVcpu + vcpu[part - PART.firstVcpu]!;
      const isVcpu = part >= PART.firstVcpu && part < firstPcpu;
      // Of a vCPU whose VM is dead there is nothing to rename.
      const isDead = isVcpu && alive[part - PART.firstVcpu] === 0;
      renamed[to] = isDead ? numbers[part]! : this.renamedPart(part, numbers[part]!, naming, to);
    }
  }

  private renamedPart(part: number, number: number, naming: number, to: number): number {
    const kind = this.kinds[part]!;
    const renamings = this.renamings[kind]!;
    const before = renamings.size;
    const place = renamings.insert(number, naming * this.kinds.length + part);
    if (renamings.size > before) {
      this.read(part, number, this.codec);
      this.codec.names.use(this.effects.naming(naming));
      this.codec.writePart(to);
      this.codec.names.reset();
      this.world.vmAlive.fill(1);
      this.renamed[kind]!.push(this.insert(to, this.codec));
    }
    return this.renamed[kind]![place]!;
  }

  private aliveOf(number: number): readonly number[] {
    const known = this.alive[number];
    if (known !== undefined) return known;
    this.read(PART.rest, number, this.codec);
    const alive = this.world.vmOf.map((vm) => this.world.vmAlive[vm]!);
    this.world.vmAlive.fill(1);
    this.alive[number] = alive;
    return alive;
  }

  private placesOf(number: number): { phase: readonly number[]; pcpu: readonly number[] } {
    const known = this.places[number];
    if (known !== undefined) return known;
    this.read(PART.places, number, this.codec);
    const phase = [...this.world.phase];
    const pcpu = this.world.vcpus.map((vcpu, v) => (phase[v] === PHASE.out ? -1 : vcpu.pcpu));
    this.places[number] = { phase, pcpu };
    return this.places[number]!;
  }

  private vcpuOf(number: number): (typeof this.vcpus)[number] {
    const known = this.vcpus[number];
    if (known !== undefined) return known;
    this.read(PART.firstVcpu, number, this.codec);
    const vcpu = this.world.vcpus[0]!;
    this.vcpus[number] = {
      key: traitOf(vcpu),
      cpu01: vcpu.vmcb01.cpu,
      cpu02: vcpu.nestedVmcb.cpu,
      lastAsid12: vcpu.lastAsid12,
    };
    return this.vcpus[number]!;
  }
}
