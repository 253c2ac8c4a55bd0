import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { PcpuData, Vcpu, Vmcb } from '../hypervisor/state.ts';
import type { CheckerEvent } from './events.ts';
import { KvmCodec } from './kvm-codec.ts';
import { FOUND } from './move-rows.ts';
import { ScriptWriter } from './script.ts';
import { step } from './step.ts';
import { TruthShape } from './truth-shape.ts';
import { GENERATION } from './vcpu-codec.ts';
import { World } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/** Thrown by whatever a local world lacks. */
const OUT_OF_REACH = new Error('an event reached beyond its vCPU and its pCPU');

/**
 * A world in which only one vCPU and some pCPUs are there. What reads or writes anything else of another
 * one throws OUT_OF_REACH, so that an event which gets through depends on what is there alone.
 */
export class LocalWorld {
  readonly world: World;
  readonly codec: KvmCodec;
  readonly writer: ScriptWriter;
  /** Those that are there. */
  readonly pcpus: readonly number[];

  /** `vcpu` -1: none is there. */
  constructor(spec: WorldSpec, behaviour: KvmBehaviour, vcpu: number, pcpus: readonly number[]) {
    this.pcpus = pcpus;
    this.writer = new ScriptWriter(new TruthShape(spec));
    const world = new World(spec, behaviour, this.writer);
    this.world = world;
    this.codec = new KvmCodec(world);
    this.codec.keepNames();
    world.present = vcpu < 0 ? [] : [vcpu];
    for (const [other, { vm, index }] of [...world.vcpus.entries()]) {
      if (other === vcpu) continue;
      const absent = absentVcpu();
      world.vcpus[other] = absent;
      vm.vcpus[index] = absent;
    }
    const { rawGenerations } = this.codec.keeps;
    for (let other = 0; other < spec.pcpus; other += 1) {
      if (!pcpus.includes(other)) world.kvm.pcpus[other] = absentPcpu(rawGenerations);
    }
  }
}

/**
 * Performs an event, and says what is known of it from what is there: a value of FOUND, or null when it
 * cannot happen or changes nothing.
 */
export function performLocally(local: LocalWorld, event: CheckerEvent): number | null {
  const { world, codec, writer } = local;
  writer.clear();
  try {
    if (!step(world, event)) return null;
  } catch (error) {
    if (error !== OUT_OF_REACH) throw error;
    return FOUND.reachesBeyond;
  }
  const { generations, rawGenerations } = codec.keeps;
  // A new generation is one for the VMCBs of vCPUs that are not there too.
  const isNew = local.pcpus.some((p) => world.kvm.pcpus[p]!.asidGeneration !== GENERATION);
  if (generations && !rawGenerations && isNew) return FOUND.reachesBeyond;
  return world.wrong === null ? FOUND.happens : FOUND.isWrong;
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
