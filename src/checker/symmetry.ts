import type { Vcpu } from '../hypervisor/state.ts';
import type { Naming } from './effects.ts';
import { PHASE, type World } from './world.ts';

/** What names are chosen by, of each vCPU. */
interface Traits {
  readonly isAlive: Uint8Array;
  readonly phase: Uint8Array;
  /** Where it is loaded; -1 for nowhere. */
  readonly pcpu: Int8Array;
  /** Of its own state, but for where its VMCBs ran last; below KEYS. */
  readonly key: Float64Array;
  readonly cpu01: Int8Array;
  readonly cpu02: Int8Array;
  readonly lastAsid12: Uint8Array;
}

/** More than any key of a vCPU's own state. */
const KEYS = 2 * 128 * 8 * 8 * 16 * 16 * 8 * 8;

/** A part of a state in which vCPUs differ: says nothing of the names of pCPUs. */
export function traitOf(vcpu: Vcpu): number {
  let key = vcpu.guestMode ? 1 : 0;
  key = key * 128 + vcpu.requests;
  key = key * 8 + vcpu.vmcb01.tlbControl;
  key = key * 8 + vcpu.nestedVmcb.tlbControl;
  key = key * 16 + vcpu.vmcb01.asid;
  key = key * 16 + vcpu.nestedVmcb.asid;
  key = key * 8 + (vcpu.lastAsid12 === 0 ? 0 : 1);
  return key * 8 + (vcpu.mmu.needsLoad ? 1 : 0);
}

/**
 * New names for what is interchangeable: pCPUs, VMs of one size, vCPUs of a VM, the asid12s of a
 * vCPU. KVM's code treats them alike, so states that differ in these names alone are one state.
 * Any renaming is right; a good one maps many states to one.
 */
export class Names implements Naming {
  readonly pcpu: Uint8Array;
  readonly pcpuAt: Uint8Array;
  readonly vcpu: Uint8Array;
  readonly vcpuAt: Uint8Array;
  readonly vm: Uint8Array;
  readonly vmAt: Uint8Array;
  readonly level: Uint8Array;
  readonly levelAt: Uint8Array;
  /** Of each vCPU, what it is sorted by; filled in before `choose`. */
  readonly traits: Traits;
  private readonly keys: Float64Array;
  private readonly world: World;

  constructor(world: World) {
    const vcpus = world.vmOf.length;
    const { levels } = world.shape;
    this.world = world;
    this.pcpu = identity(world.spec.pcpus);
    this.pcpuAt = identity(world.spec.pcpus);
    this.vcpu = identity(vcpus);
    this.vcpuAt = identity(vcpus);
    this.vm = identity(world.spec.vms.length);
    this.vmAt = identity(world.spec.vms.length);
    this.level = new Uint8Array(vcpus * levels).map((_, index) => index % levels);
    this.levelAt = this.level.slice();
    this.traits = {
      isAlive: new Uint8Array(vcpus),
      pcpu: new Int8Array(vcpus),
      phase: new Uint8Array(vcpus),
      key: new Float64Array(vcpus),
      cpu01: new Int8Array(vcpus),
      cpu02: new Int8Array(vcpus),
      lastAsid12: new Uint8Array(vcpus),
    };
    this.keys = new Float64Array(Math.max(vcpus, world.spec.pcpus));
  }

  /** Every name as it is. */
  reset(): void {
    const { levels } = this.world.shape;
    reset(this.pcpu, this.pcpuAt);
    reset(this.vcpu, this.vcpuAt);
    reset(this.vm, this.vmAt);
    for (let at = 0; at < this.level.length; at += 1) {
      this.level[at] = at % levels;
      this.levelAt[at] = at % levels;
    }
  }

  /** Names that were chosen for another state. */
  use(naming: Naming): void {
    this.pcpu.set(naming.pcpu);
    this.pcpuAt.set(naming.pcpuAt);
    this.vcpu.set(naming.vcpu);
    this.vcpuAt.set(naming.vcpuAt);
    this.vm.set(naming.vm);
    this.vmAt.set(naming.vmAt);
    this.level.set(naming.level);
    this.levelAt.set(naming.levelAt);
  }

  /** Takes the traits of the world's present state. */
  look(world: World): void {
    const { traits } = this;
    for (const [v, vcpu] of world.vcpus.entries()) {
      traits.isAlive[v] = world.vmAlive[world.vmOf[v]!]!;
      traits.phase[v] = world.phase[v]!;
      traits.pcpu[v] = world.phase[v] === PHASE.out ? -1 : vcpu.pcpu;
      traits.key[v] = traitOf(vcpu);
      traits.cpu01[v] = vcpu.vmcb01.cpu;
      traits.cpu02[v] = vcpu.nestedVmcb.cpu;
      traits.lastAsid12[v] = vcpu.lastAsid12;
    }
  }

  /** Chooses names by the traits. */
  choose(): void {
    this.nameLevels();
    this.nameVcpus();
    this.namePcpus();
  }

  /** The asid12 that ran last is 1; the others follow in their order. */
  private nameLevels(): void {
    const { world } = this;
    const { levels } = world.shape;
    const isShared = world.kvm.behaviour.vmcb12AsidChange === 'flush-by-vm-wide-memory';
    if (levels < 3 || isShared) return;
    for (let v = 0; v < world.vmOf.length; v += 1) {
      const last = this.traits.lastAsid12[v]!;
      const base = v * levels;
      let next = 1;
      if (last > 0) {
        this.level[base + last] = 1;
        this.levelAt[base + 1] = last;
        next = 2;
      }
      for (let level = 1; level < levels; level += 1) {
        if (level === last) continue;
        this.level[base + level] = next;
        this.levelAt[base + next] = level;
        next += 1;
      }
    }
  }

  private nameVcpus(): void {
    const { world } = this;
    if (world.vmOf.length < 2) return;
    const { vms } = world.spec;
    for (let v = 0; v < world.vmOf.length; v += 1) this.keys[v] = this.vcpuKey(v);
    for (let vm = 0; vm < vms.length; vm += 1) {
      const first = world.firstVcpu[vm]!;
      for (let index = 0; index < vms[vm]!; index += 1) this.vcpuAt[first + index] = first + index;
      this.sortRange(this.vcpuAt, first, first + vms[vm]!);
    }
    if (vms.length === 2 && vms[0] === vms[1] && areAlike(world)) this.nameTwoVms();
    for (let at = 0; at < this.vcpuAt.length; at += 1) this.vcpu[this.vcpuAt[at]!] = at;
  }

  /** Two VMs of one size change places as wholes. */
  private nameTwoVms(): void {
    const size = this.world.spec.vms[0]!;
    let order = 0;
    for (let index = 0; index < size && order === 0; index += 1) {
      order = this.keys[this.vcpuAt[index]!]! - this.keys[this.vcpuAt[size + index]!]!;
    }
    const swapped = order > 0;
    for (let vm = 0; vm < 2; vm += 1) {
      this.vmAt[vm] = swapped ? 1 - vm : vm;
      this.vm[vm] = swapped ? 1 - vm : vm;
    }
    if (!swapped) return;
    for (let index = 0; index < size; index += 1) {
      const other = this.vcpuAt[index]!;
      this.vcpuAt[index] = this.vcpuAt[size + index]!;
      this.vcpuAt[size + index] = other;
    }
  }

  /** pCPUs in the order of who is loaded there; then where VMCBs ran last. */
  private namePcpus(): void {
    const { world } = this;
    const { pcpus } = world.spec;
    if (pcpus < 2) return;
    for (let p = 0; p < pcpus; p += 1) {
      this.pcpuAt[p] = p;
      this.keys[p] = this.pcpuKey(p);
    }
    this.sortRange(this.pcpuAt, 0, pcpus);
    for (let at = 0; at < pcpus; at += 1) this.pcpu[this.pcpuAt[at]!] = at;
  }

  private vcpuKey(v: number): number {
    const { isAlive, phase, key } = this.traits;
    return isAlive[v] === 0 ? -1 : phase[v]! * KEYS + key[v]!;
  }

  private pcpuKey(p: number): number {
    const { isAlive, pcpu, cpu01, cpu02 } = this.traits;
    let key = 0;
    for (let at = 0; at < this.vcpuAt.length; at += 1) {
      const v = this.vcpuAt[at]!;
      if (isAlive[v] === 0) continue;
      key = key * 8 + (pcpu[v] === p ? 0 : 1) + (cpu01[v] === p ? 0 : 2);
      key += cpu02[v] === p ? 0 : 4;
    }
    return key;
  }

  /** Insertion sort of names by their keys; equal keys keep their order. */
  private sortRange(names: Uint8Array, from: number, to: number): void {
    for (let i = from + 1; i < to; i += 1) {
      const name = names[i]!;
      const key = this.keys[name]!;
      let at = i - 1;
      while (at >= from && this.keys[names[at]!]! > key) {
        names[at + 1] = names[at]!;
        at -= 1;
      }
      names[at + 1] = name;
    }
  }
}

/** Both VMs are SEV guests or none, and so on. */
function areAlike({ spec }: World): boolean {
  return spec.sevVms.length !== 1 && spec.plainVms.length !== 1;
}

function reset(names: Uint8Array, at: Uint8Array): void {
  for (let name = 0; name < names.length; name += 1) {
    names[name] = name;
    at[name] = name;
  }
}

function identity(size: number): Uint8Array {
  return new Uint8Array(size).map((_, index) => index);
}
