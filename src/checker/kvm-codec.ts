import { type Kept, keptBy } from './kept.ts';
import { PcpuCodec } from './pcpu-codec.ts';
import { StateBytes } from './state-bytes.ts';
import { Names } from './symmetry.ts';
import { VcpuCodec } from './vcpu-codec.ts';
import type { World } from './world.ts';

/**
 * KVM's half of a world's state as bytes, and back: everything that can influence what KVM and its
 * guests do next, under the names that `Names` chose. Reasons of flushes and charges are not in it.
 */
export class KvmCodec {
  readonly names: Names;
  readonly bytes = new StateBytes(null);
  private readonly world: World;
  /** What only some behaviours read; the others leave it out of the state. */
  private readonly keeps: Kept;
  private readonly vcpus: VcpuCodec;
  private readonly pcpus: PcpuCodec;
  private choosesNames = true;

  constructor(world: World) {
    this.world = world;
    this.names = new Names(world);
    this.keeps = keptBy(world.kvm.behaviour, world.spec);
    this.vcpus = new VcpuCodec(this.bytes, world, this.names, this.keeps);
    this.pcpus = new PcpuCodec(this.bytes, world, this.names, this.keeps);
    this.encode();
  }

  /** From now on every name stays what it is. */
  keepNames(): void {
    this.choosesNames = false;
    this.names.reset();
  }

  /** Writes the world under new names. */
  encode(): void {
    const { world, names } = this;
    if (this.choosesNames) names.choose();
    this.bytes.at = 0;
    for (let at = 0; at < world.spec.vms.length; at += 1) this.writeVm(names.vmAt[at]!);
    for (let at = 0; at < world.spec.pcpus; at += 1) this.pcpus.write(names.pcpuAt[at]!);
    for (let asid = 0; asid <= world.kvm.maxAsid; asid += 1) {
      this.bytes.write(world.kvm.usedAsids[asid]!);
    }
    if (world.spec.sevVms.length > 0) this.pcpus.writeSev();
  }

  /** Makes the world what the bytes say. */
  decode(): void {
    const { world } = this;
    this.bytes.at = 0;
    for (let slot = 0; slot < world.spec.vms.length; slot += 1) this.readVm(slot);
    for (let p = 0; p < world.spec.pcpus; p += 1) this.pcpus.read(p);
    for (let asid = 0; asid <= world.kvm.maxAsid; asid += 1) {
      world.kvm.usedAsids[asid] = this.bytes.read();
    }
    if (world.spec.sevVms.length > 0) this.pcpus.readSev();
  }

  private writeVm(slot: number): void {
    const { world } = this;
    const isAlive = world.vmAlive[slot]!;
    const vm = world.kvm.vms[slot]!;
    this.bytes.write(isAlive);
    this.bytes.write(isAlive === 0 ? 0 : vm.asid);
    this.bytes.write(isAlive === 0 ? 0 : vm.nestedAsid);
    this.bytes.write(isAlive === 0 ? 0 : vm.sevAsid);
    this.bytes.write(isAlive === 0 || !this.keeps.vmLastAsid12 ? 0 : vm.lastAsid12);
    const first = this.world.firstVcpu[this.names.vm[slot]!]!;
    for (let index = 0; index < world.spec.vms[slot]!; index += 1) {
      const start = this.bytes.at;
      this.vcpus.write(this.names.vcpuAt[first + index]!);
      if (isAlive === 0) this.bytes.clear(start);
    }
  }

  private readVm(slot: number): void {
    const { world } = this;
    const vm = world.kvm.vms[slot]!;
    world.vmAlive[slot] = this.bytes.read();
    vm.asid = this.bytes.read();
    vm.nestedAsid = this.bytes.read();
    vm.sevAsid = this.bytes.read();
    vm.lastAsid12 = this.bytes.read();
    for (let index = 0; index < world.spec.vms[slot]!; index += 1) {
      this.vcpus.read(world.firstVcpu[slot]! + index);
    }
  }
}
