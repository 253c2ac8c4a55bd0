import { type Kept, keptBy } from './kept.ts';
import { PcpuCodec } from './pcpu-codec.ts';
import { StateBytes } from './state-bytes.ts';
import { Names } from './symmetry.ts';
import { VcpuCodec } from './vcpu-codec.ts';
import { PHASE, type World } from './world.ts';

/** Numbers of the first parts: VMs and pools of numbers; where vCPUs are. Then vCPUs, then pCPUs. */
export const PART = { rest: 0, places: 1, firstVcpu: 2 } as const;

/**
 * KVM's half of a world's state as bytes, and back: everything that can influence what KVM and its
 * guests do next, under the names that `Names` chose. Reasons of flushes and charges are not in it.
 * It has parts, each of some words, so that most events can be found out from a few of them.
 */
export class KvmCodec {
  readonly names: Names;
  readonly bytes = new StateBytes(null);
  /** What only some behaviours read; the others leave it out of the state. */
  readonly keeps: Kept;
  /** The words of each part. */
  readonly parts: readonly Int32Array[];
  readonly firstPcpu: number;
  private readonly starts: number[] = [];
  private readonly world: World;
  private readonly vcpus: VcpuCodec;
  private readonly pcpus: PcpuCodec;
  private choosesNames = true;

  constructor(world: World) {
    this.world = world;
    this.names = new Names(world);
    this.keeps = keptBy(world.kvm.behaviour, world.spec);
    this.vcpus = new VcpuCodec(this.bytes, world, this.names, this.keeps);
    this.pcpus = new PcpuCodec(this.bytes, world, this.names, this.keeps);
    this.firstPcpu = PART.firstVcpu + world.vmOf.length;
    const count = this.firstPcpu + world.spec.pcpus;
    for (let part = 0; part < count; part += 1) {
      this.starts.push(this.bytes.at);
      this.write(part);
    }
    const ends = [...this.starts.slice(1), this.bytes.at];
    this.parts = this.starts.map((start, part) =>
      this.bytes.words.subarray(start / 4, ends[part]! / 4),
    );
  }

  /** From now on every name stays what it is. */
  keepNames(): void {
    this.choosesNames = false;
    this.names.reset();
  }

  /** Writes the world under new names. */
  encode(): void {
    const { world, names } = this;
    if (this.choosesNames) {
      names.look(world);
      names.choose();
    }
    this.bytes.at = 0;
    for (let part = 0; part < this.parts.length; part += 1) this.write(part);
  }

  /** Makes the world what the bytes say. */
  decode(): void {
    this.bytes.at = 0;
    for (let part = 0; part < this.parts.length; part += 1) this.read(part);
  }

  writePart(part: number): void {
    this.bytes.at = this.starts[part]!;
    this.write(part);
  }

  readPart(part: number): void {
    this.bytes.at = this.starts[part]!;
    this.read(part);
  }

  private write(part: number): void {
    if (part === PART.rest) this.writeRest();
    else if (part === PART.places) this.writePlaces();
    else if (part < this.firstPcpu) this.writeVcpu(this.names.vcpuAt[part - PART.firstVcpu]!);
    else this.pcpus.write(this.names.pcpuAt[part - this.firstPcpu]!);
    this.bytes.align();
  }

  private read(part: number): void {
    if (part === PART.rest) this.readRest();
    else if (part === PART.places) this.readPlaces();
    else if (part < this.firstPcpu) this.vcpus.read(part - PART.firstVcpu);
    else this.pcpus.read(part - this.firstPcpu);
    this.bytes.at += (4 - (this.bytes.at % 4)) % 4;
  }

  private writeRest(): void {
    const { world, bytes } = this;
    for (let at = 0; at < world.spec.vms.length; at += 1) this.writeVm(this.names.vmAt[at]!);
    for (let asid = 0; asid <= world.kvm.maxAsid; asid += 1) {
      bytes.write(world.kvm.usedAsids[asid]!);
    }
    if (world.spec.sevVms.length > 0) this.pcpus.writeSev();
  }

  private readRest(): void {
    const { world, bytes } = this;
    for (let slot = 0; slot < world.spec.vms.length; slot += 1) this.readVm(slot);
    for (let asid = 0; asid <= world.kvm.maxAsid; asid += 1) {
      world.kvm.usedAsids[asid] = bytes.read();
    }
    if (world.spec.sevVms.length > 0) this.pcpus.readSev();
  }

  private writeVm(slot: number): void {
    const isAlive = this.world.vmAlive[slot]!;
    const vm = this.world.kvm.vms[slot]!;
    this.bytes.write(isAlive);
    this.bytes.write(isAlive === 0 ? 0 : vm.asid);
    this.bytes.write(isAlive === 0 ? 0 : vm.nestedAsid);
    this.bytes.write(isAlive === 0 ? 0 : vm.sevAsid);
    this.bytes.write(isAlive === 0 || !this.keeps.vmLastAsid12 ? 0 : vm.lastAsid12);
  }

  private readVm(slot: number): void {
    const vm = this.world.kvm.vms[slot]!;
    this.world.vmAlive[slot] = this.bytes.read();
    vm.asid = this.bytes.read();
    vm.nestedAsid = this.bytes.read();
    vm.sevAsid = this.bytes.read();
    vm.lastAsid12 = this.bytes.read();
  }

  private writePlaces(): void {
    const { world, names, bytes } = this;
    for (let at = 0; at < names.vcpuAt.length; at += 1) {
      const v = names.vcpuAt[at]!;
      const phase = world.phase[v]!;
      bytes.write(phase);
      bytes.write(phase === PHASE.out ? 0 : names.pcpu[world.vcpus[v]!.pcpu]!);
    }
  }

  private readPlaces(): void {
    const { world, bytes } = this;
    for (let v = 0; v < world.vcpus.length; v += 1) {
      const phase = bytes.read();
      const pcpu = bytes.read();
      world.phase[v] = phase;
      world.vcpus[v]!.pcpu = phase === PHASE.out ? -1 : pcpu;
    }
  }

  /** Nothing of a vCPU whose VM is dead. */
  private writeVcpu(v: number): void {
    const start = this.bytes.at;
    this.vcpus.write(v);
    if (this.world.vmAlive[this.world.vmOf[v]!] === 0) this.bytes.clear(start);
  }
}
