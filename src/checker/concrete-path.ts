import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import { Codec } from './codec.ts';
import { EVENTS } from './event-kinds.ts';
import type { CheckerEvent } from './events.ts';
import { step } from './step.ts';
import { Truth } from './truth.ts';
import { World } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/**
 * The explorer names events by the names of each state, which change on the way. This gives the
 * path under the names of its first state, so that it can be performed as it is.
 */
export function concretePath(
  spec: WorldSpec,
  behaviour: KvmBehaviour,
  path: readonly CheckerEvent[],
): readonly CheckerEvent[] {
  const truth = new Truth(spec, behaviour);
  const world = new World(spec, behaviour, truth);
  const codec = new Codec(world, truth);
  const { names } = codec;
  const { levels } = world.shape;
  let pcpu = identity(spec.pcpus);
  let vm = identity(spec.vms.length);
  let vcpu = identity(world.vmOf.length);
  let level = world.vmOf.map(() => identity(levels));
  const rename = (): void => {
    codec.encode();
    codec.decode();
    pcpu = Array.from(names.pcpuAt, (old) => pcpu[old]!);
    vm = Array.from(names.vmAt, (old) => vm[old]!);
    const before = level;
    level = Array.from(names.vcpuAt, (old) =>
      identity(levels).map((l) => before[old]![names.levelAt[old * levels + l]!]!),
    );
    vcpu = Array.from(names.vcpuAt, (old) => vcpu[old]!);
  };
  rename();
  return path.map((event) => {
    const { actor } = EVENTS[event.kind];
    const names = { vm, vcpu, pcpu };
    const concrete = {
      ...event,
      actor: names[actor][event.actor]!,
      pcpu: pcpu[event.pcpu]!,
      asid: actor === 'vcpu' ? level[event.actor]![event.asid]! : event.asid,
    };
    step(world, event);
    rename();
    return concrete;
  });
}

function identity(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index);
}
