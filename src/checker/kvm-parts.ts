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

/** What a vCPU is sorted by of its own state. */
interface VcpuTraits {
  readonly key: number;
  readonly cpu01: number;
  readonly cpu02: number;
  readonly lastAsid12: number;
}

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
  private readonly renamedParts: readonly number[][];
  /** By number: what `Names` sorts by; found out once. */
  private readonly alive: (readonly number[])[] = [];
  private readonly places: { phase: readonly number[]; pcpu: readonly number[] }[] = [];
  private readonly vcpus: (VcpuTraits & { readonly number: number })[] = [];
  private readonly numberOfTraits = new Map<string, number>();

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
      (part) => new StateTable(parts[part]!.byteLength),
    );
    this.renamings = this.tables.map(() => new PairIndex(Number.MAX_SAFE_INTEGER));
    this.renamedParts = this.tables.map(() => []);
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

  /** A part under another naming, under which it is in the place of `to`. */
  renamed(part: number, number: number, naming: number, to: number): number {
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
      this.renamedParts[kind]!.push(this.insert(to, this.codec));
    }
    return this.renamedParts[kind]![place]!;
  }

  /** Of each vCPU: 0 where its VM is dead. */
  aliveOf(number: number): readonly number[] {
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

  /** What a vCPU is sorted by, as one number. */
  traitsOf(number: number): number {
    return this.vcpuOf(number).number;
  }

  private vcpuOf(number: number): (typeof this.vcpus)[number] {
    const known = this.vcpus[number];
    if (known !== undefined) return known;
    this.read(PART.firstVcpu, number, this.codec);
    const vcpu = this.world.vcpus[0]!;
    const traits = {
      key: traitOf(vcpu),
      cpu01: vcpu.vmcb01.cpu,
      cpu02: vcpu.nestedVmcb.cpu,
      lastAsid12: vcpu.lastAsid12,
    };
    const text = Object.values(traits).join();
    const numbered = {
      ...traits,
      number: this.numberOfTraits.get(text) ?? this.numberOfTraits.size,
    };
    this.numberOfTraits.set(text, numbered.number);
    this.vcpus[number] = numbered;
    return numbered;
  }
}
