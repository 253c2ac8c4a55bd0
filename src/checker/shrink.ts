import type { KvmBehaviour } from '../hypervisor/behaviour.ts';
import type { CheckerEventKind } from './event-kinds.ts';
import type { CheckerEvent } from './events.ts';
import { step } from './step.ts';
import { World, type Wrong } from './world.ts';
import type { WorldSpec } from './world-spec.ts';

/** A strategy in a world: what a path is performed in. */
export interface Setting {
  readonly spec: WorldSpec;
  readonly behaviour: KvmBehaviour;
}

/** What one run of a path came to. */
export interface Run {
  readonly wrong: Wrong | null;
  /** The events that happened; those that could not, or changed nothing, are left out. */
  readonly performed: readonly CheckerEvent[];
  /** Class and place of what went wrong: the same for violations that look the same to a guest. */
  readonly shape: string;
}

/** Performs what can happen, until something goes wrong. */
export function runPath(setting: Setting, events: readonly CheckerEvent[]): Run {
  const world = new World(setting.spec, setting.behaviour);
  const performed: CheckerEvent[] = [];
  for (const event of events) {
    if (!step(world, event)) continue;
    performed.push(event);
    if (world.wrong !== null) {
      return { wrong: world.wrong, performed, shape: shapeOf(world, world.wrong) };
    }
  }
  return { wrong: null, performed, shape: '' };
}

/** Where a stale translation leads, the worst first. */
export const STALE_CLASSES = ['host', 'crossVm', 'guest'] as const;
/** Class of a violation; the last two are wrong without a stale translation. */
export const VIOLATION_CLASSES = [...STALE_CLASSES, 'isolation', 'invalid'] as const;
export type ViolationClass = (typeof VIOLATION_CLASSES)[number];

export function classOf(world: World, wrong: Wrong): ViolationClass {
  if (wrong.kind === 'asid 0') return 'invalid';
  if (wrong.kind === 'SEV ASID reused') return 'crossVm';
  if (wrong.kind === 'flush of every ASID') return 'isolation';
  if (wrong.hit.layer === 'host') return 'host';
  if (wrong.hit.layer !== 'owner') return 'guest';
  if (wrong.hit.entryDomain < 0) return 'crossVm';
  const { levels } = world.shape;
  const vmOf = (domain: number): number => world.vmOf[Math.floor(domain / levels)]!;
  return vmOf(wrong.hit.entryDomain) === vmOf(wrong.hit.domain) ? 'guest' : 'crossVm';
}

function shapeOf(world: World, wrong: Wrong): string {
  if (wrong.kind !== 'hit') return wrong.kind;
  const { levels } = world.shape;
  const { hit } = wrong;
  const isL2 = (domain: number): string =>
    domain < 0 ? 'dead' : domain % levels > 0 ? 'L2' : 'L1';
  const isOwn = Math.floor(hit.entryDomain / levels) === Math.floor(hit.domain / levels);
  const whose = hit.layer === 'owner' ? `${isL2(hit.entryDomain)}${isOwn ? ' own' : ''}` : '';
  return [classOf(world, wrong), hit.layer, hit.from, isL2(hit.domain), whose].join(' ');
}

/** Replaces rare events by plain ones where that makes no difference. */
function plainer(setting: Setting, run: Run): readonly CheckerEvent[] {
  let events = run.performed;
  for (const [index, event] of events.entries()) {
    const kind = PLAINER[event.kind];
    if (kind === undefined) continue;
    const other = events.map((own, at) => (at === index ? { ...own, kind } : own));
    const tried = runPath(setting, other);
    if (tried.shape === run.shape && tried.performed.length === events.length) events = other;
  }
  return events;
}

const PLAINER: Partial<Record<CheckerEventKind, CheckerEventKind>> = {
  rsm: 'vmrun',
  'interrupt-to-l1': 'reflected-exit',
  serve: 'cancel',
};

/** Delta debugging: leaves events out while the same violation remains; the result has none to spare. */
export function shrink(setting: Setting, events: readonly CheckerEvent[]): readonly CheckerEvent[] {
  const first = runPath(setting, events);
  if (first.wrong === null) return events;
  let shortest = plainer(setting, first);
  let size = Math.max(1, Math.floor(shortest.length / 2));
  for (;;) {
    let didShrink = false;
    for (let from = 0; from < shortest.length; ) {
      const fewer = [...shortest.slice(0, from), ...shortest.slice(from + size)];
      const run = runPath(setting, fewer);
      if (
        run.wrong !== null &&
        run.shape === first.shape &&
        run.performed.length < shortest.length
      ) {
        shortest = run.performed;
        didShrink = true;
      } else from += size;
    }
    if (size > 1) size = Math.floor(size / 2);
    else if (!didShrink) return shortest;
  }
}
