import { EVENT_KINDS, EVENTS, type EventKind, SPLITTABLE } from './event-kinds.ts';
import { TLB_CONTROLS } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/** One event with its operands. Operands that its kind does not have are 0. */
export interface CheckerEvent {
  readonly kind: EventKind;
  /** vCPU or VM, by its kind. */
  readonly actor: number;
  readonly pcpu: number;
  readonly page: number;
  readonly asid: number;
  /** Index into TLB_CONTROLS. */
  readonly tlb: number;
  /** The vCPU is preempted between the exit and its handler. */
  readonly exitOnly: boolean;
}

/** Every event of a world, in a fixed order: its index names it in explored paths. */
export function eventsOf(spec: WorldSpec): readonly CheckerEvent[] {
  const vcpus = spec.vms.reduce((sum, count) => sum + count, 0);
  const events: CheckerEvent[] = [];
  for (const kind of EVENT_KINDS) {
    if (!spec.events.includes(kind)) continue;
    const actors = EVENTS[kind].actor === 'vm' ? spec.vms.length : vcpus;
    for (let actor = 0; actor < actors; actor += 1) events.push(...variants(spec, kind, actor));
  }
  return events;
}

function variants(spec: WorldSpec, kind: EventKind, actor: number): CheckerEvent[] {
  const operands: readonly string[] = EVENTS[kind].operands;
  const counts = {
    pcpu: operands.includes('pcpu') ? spec.pcpus : 1,
    page: operands.includes('page') ? spec.pages : 1,
  };
  const asids = operands.includes('asid') ? range(firstAsid(kind), spec.l2s) : [0];
  const tlbs = operands.includes('tlb')
    ? spec.tlbControls.map((value) => TLB_CONTROLS.indexOf(value))
    : [0];
  const splits = SPLITTABLE.includes(kind) && spec.events.includes('handle');
  return range(0, counts.pcpu - 1).flatMap((pcpu) =>
    range(0, counts.page - 1).flatMap((page) =>
      asids.flatMap((asid) =>
        tlbs.flatMap((tlb) =>
          (splits ? [false, true] : [false]).map((exitOnly) => ({
            kind,
            actor,
            pcpu,
            page,
            asid,
            tlb,
            exitOnly,
          })),
        ),
      ),
    ),
  );
}

/** INVLPGA may name L1's own ASID, which is 0 to L1. */
function firstAsid(kind: EventKind): number {
  return kind === 'invlpga' ? 0 : 1;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
