import type { PcpuData, Vcpu } from '../hypervisor/state.ts';
import type { Kept } from './kept.ts';
import type { StateBytes } from './state-bytes.ts';
import type { Names } from './symmetry.ts';
import { GENERATION } from './vcpu-codec.ts';
import type { World } from './world.ts';

/** A vCPU that an owner map still names though its VM is dead. */
const TOMBSTONE = 1;
const FIRST_VCPU = 2;
/** Beside a pCPU's next number, when the flush of a roll-over is still due. */
const ROLLOVER = 128;

/** The part of KVM's state that belongs to a pCPU: svm_cpu_data; and the maps of SEV ASIDs. */
export class PcpuCodec {
  private readonly bytes: StateBytes;
  private readonly world: World;
  private readonly names: Names;
  private readonly keeps: Kept;
  private readonly tombstone: Vcpu;

  constructor(bytes: StateBytes, world: World, names: Names, keeps: Kept) {
    this.bytes = bytes;
    this.world = world;
    this.names = names;
    this.keeps = keeps;
    this.tombstone = { ...world.vcpus[0]! };
  }

  write(p: number): void {
    const { world, names } = this;
    const pcpu = world.kvm.pcpus[p]!;
    const { spec } = world;
    this.bytes.write(this.keeps.rawGenerations ? pcpu.asidGeneration : 0);
    this.bytes.write(pcpu.nextAsid + (pcpu.flushAllAsids ? ROLLOVER : 0));
    this.writeOwners(pcpu);
    if (spec.sevVms.length === 0) return;
    for (let asid = 0; asid < spec.minAsid; asid += 1) {
      const vmcb = pcpu.sevVmcbs.get(asid);
      const v = world.vcpus.findIndex((vcpu) => vcpu.vmcb01 === vmcb);
      this.bytes.write(v < 0 ? 0 : 1 + names.vcpu[v]!);
    }
  }

  read(p: number): void {
    const { world } = this;
    const pcpu = world.kvm.pcpus[p]!;
    const { spec } = world;
    const generation = this.bytes.read();
    pcpu.asidGeneration = this.keeps.rawGenerations ? generation : GENERATION;
    const next = this.bytes.read();
    pcpu.nextAsid = next % ROLLOVER;
    pcpu.flushAllAsids = next >= ROLLOVER;
    this.readOwners(pcpu);
    if (spec.sevVms.length === 0) return;
    for (let asid = 0; asid < spec.minAsid; asid += 1) {
      const v = this.bytes.read();
      if (v === 0) pcpu.sevVmcbs.delete(asid);
      else pcpu.sevVmcbs.set(asid, world.vcpus[v - 1]!.vmcb01);
    }
  }

  /** Which vCPU used each ASID last. */
  private writeOwners(pcpu: PcpuData): void {
    const { world, names } = this;
    for (let asid = 0; asid < world.spec.asidCount; asid += 1) {
      const vcpu = pcpu.asidVcpu.size === 0 ? undefined : pcpu.asidVcpu.get(asid);
      if (vcpu === undefined) this.bytes.write(0);
      else {
        const v = world.vcpus.indexOf(vcpu);
        const isDead = v < 0 || world.vmAlive[world.vmOf[v]!] === 0;
        this.bytes.write(isDead ? TOMBSTONE : FIRST_VCPU + names.vcpu[v]!);
      }
    }
  }

  private readOwners(pcpu: PcpuData): void {
    for (let asid = 0; asid < this.world.spec.asidCount; asid += 1) {
      const value = this.bytes.read();
      if (value === 0) {
        if (pcpu.asidVcpu.size > 0) pcpu.asidVcpu.delete(asid);
        continue;
      }
      const vcpu = value === TOMBSTONE ? this.tombstone : this.world.vcpus[value - FIRST_VCPU]!;
      if (pcpu.asidVcpu.get(asid) !== vcpu) pcpu.asidVcpu.set(asid, vcpu);
    }
  }

  writeSev(): void {
    const { sev } = this.world.kvm;
    for (let asid = sev.min; asid <= sev.max; asid += 1) {
      this.bytes.write((sev.used.has(asid) ? 1 : 0) + (sev.reclaimable.has(asid) ? 2 : 0));
    }
  }

  readSev(): void {
    const { sev } = this.world.kvm;
    for (let asid = sev.min; asid <= sev.max; asid += 1) {
      const value = this.bytes.read();
      if (value % 2 === 1) sev.used.add(asid);
      else sev.used.delete(asid);
      if (value >= 2) sev.reclaimable.add(asid);
      else sev.reclaimable.delete(asid);
    }
  }
}
