import { type CheckerEventKind, EVENT_KINDS, EVENTS, SPLITTABLE } from './event-kinds.ts';
import { TLB_CONTROLS } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/** One event with its operands. Operands that its kind does not have are 0. */
export interface CheckerEvent {
  readonly kind: CheckerEventKind;
  /** vCPU, VM or pCPU, by its kind. */
  readonly actor: number;
  readonly pcpu: number;
  readonly page: number;
  readonly asid: number;
  /** Index into TLB_CONTROLS. */
  readonly tlb: number;
  /** Which of L1's nested page tables, from 1. */
  readonly npt12: number;
  /** The vCPU is preempted between the exit and its handler. */
  readonly exitOnly: boolean;
}

/** Every event of a world, in a fixed order: its index names it in explored paths. */
export function eventsOf(spec: WorldSpec): readonly CheckerEvent[] {
  const events: CheckerEvent[] = [];
  for (const kind of EVENT_KINDS) {
    if (!spec.events.includes(kind)) continue;
    for (let actor = 0; actor < actorsOf(spec, kind); actor += 1)
      events.push(...variants(spec, kind, actor));
  }
  return events;
}

/** How many there are of what can do it. */
export function actorsOf(spec: WorldSpec, kind: CheckerEventKind): number {
  const { actor } = EVENTS[kind];
  if (actor === 'pcpu') return spec.pcpus;
  return actor === 'vm' ? spec.vms.length : spec.vms.reduce((sum, count) => sum + count, 0);
}

function variants(spec: WorldSpec, kind: CheckerEventKind, actor: number): CheckerEvent[] {
  const operands: readonly string[] = EVENTS[kind].operands;
  const counts = {
    pcpu: operands.includes('pcpu') ? spec.pcpus : 1,
    page: operands.includes('page') ? spec.pages : 1,
  };
  const asids = operands.includes('asid') ? range(firstAsid(kind), spec.l2s) : [0];
  const tlbs = operands.includes('tlb')
    ? spec.tlbControls.map((value) => TLB_CONTROLS.indexOf(value))
    : [0];
  const npt12s = operands.includes('npt12') ? range(1, spec.npt12s) : [1];
  const splits = isSplittable(spec, kind) && spec.events.includes('handle');
  return range(0, counts.pcpu - 1).flatMap((pcpu) =>
    range(0, counts.page - 1).flatMap((page) =>
      asids.flatMap((asid) =>
        tlbs.flatMap((tlb) =>
          npt12s.flatMap((npt12) =>
            (splits ? [false, true] : [false]).map((exitOnly) => ({
              kind,
              actor,
              pcpu,
              page,
              asid,
              tlb,
              npt12,
              exitOnly,
            })),
          ),
        ),
      ),
    ),
  );
}

/** L0 intercepts it in this world, so that the vCPU can be preempted between exit and handler. */
function isSplittable(spec: WorldSpec, kind: CheckerEventKind): boolean {
  if (kind === 'invlpg' || kind === 'mov-cr3') return !spec.nptEnabled;
  return SPLITTABLE.includes(kind);
}

/** INVLPGA may name L1's own ASID, which is 0 to L1. */
function firstAsid(kind: CheckerEventKind): number {
  return kind === 'invlpga' ? 0 : 1;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
