import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { PcpuData, Vcpu, Vmcb } from '../hypervisor/state.ts';
import { KvmCodec } from './kvm-codec.ts';
import { ScriptWriter } from './script.ts';
import { TruthShape } from './truth-shape.ts';
import { GENERATION } from './vcpu-codec.ts';
import { World } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/** Thrown by whatever a local world lacks. */
export const OUT_OF_REACH = new Error('an event reached beyond its vCPU and its pCPU');

/**
 * A world in which only one vCPU and one pCPU are there. What reads or writes anything else of another
 * one throws OUT_OF_REACH, so that an event which gets through depends on what is there alone.
 */
export class LocalWorld {
  readonly world: World;
  readonly codec: KvmCodec;
  readonly writer: ScriptWriter;

  /** `pcpu` -1: none is there. `alone`: the VM has no other vCPU, rather than some that are not there. */
  constructor(
    spec: WorldSpec,
    behaviour: KvmBehaviour,
    vcpu: number,
    pcpu: number,
    alone: boolean,
  ) {
    this.writer = new ScriptWriter(new TruthShape(spec));
    const world = new World(spec, behaviour, this.writer);
    this.world = world;
    this.codec = new KvmCodec(world);
    this.codec.keepNames();
    world.present = [vcpu];
    for (const [other, { vm, index }] of [...world.vcpus.entries()]) {
      if (other === vcpu) continue;
      const absent = absentVcpu();
      world.vcpus[other] = absent;
      vm.vcpus[index] = absent;
    }
    if (alone) world.leaveAlone(vcpu);
    const { rawGenerations } = this.codec.keeps;
    for (let other = 0; other < spec.pcpus; other += 1) {
      if (other !== pcpu) world.kvm.pcpus[other] = absentPcpu(rawGenerations);
    }
  }
}

/** Where it is loaded is among the places, which are there; and which VMCB is which can be told. */
function absentVcpu(): Vcpu {
  return absent<Vcpu>({ pcpu: -1, vmcb01: absent<Vmcb>({}) });
}

/** Where only whether a VMCB has its pCPU's generation is kept, all pCPUs begin with the same one. */
function absentPcpu(rawGenerations: boolean): PcpuData {
  return absent<PcpuData>(rawGenerations ? {} : { asidGeneration: GENERATION });
}

/** An object of which only some fields are there. */
function absent<T extends object>(there: Partial<T>): T {
  return new Proxy(there, {
    get: (fields, key) => {
      if (!(key in fields)) throw OUT_OF_REACH;
      return Reflect.get(fields, key) as unknown;
    },
    set: (fields, key, value) => {
      if (key !== 'pcpu' || !(key in fields)) throw OUT_OF_REACH;
      return Reflect.set(fields, key, value);
    },
  }) as T;
}
