import { hasBit, hasReason, KVM_REQ } from '../hypervisor/requests.ts';
import type { Vmcb } from '../hypervisor/state.ts';
import type { CheckerEventKind } from './event-kinds.ts';
import type { CheckerEvent } from './events.ts';
import type { Obligation } from './obligations.ts';
import type { Setting } from './shrink.ts';
import { step } from './step.ts';
import { Truth } from './truth.ts';
import { World, type Wrong, type WrongHit } from './world.ts';

/** What became of the translation that was hit, seen from the end of the path. */
interface Story {
  /** The event that made it illegal; null when it never belonged to who hit it. */
  readonly killer: CheckerEvent | null;
  /** pCPU of the vCPU when that happened; -1 when it was not loaded. */
  readonly killedOn: number;
  /** Between then and the hit a flush was recorded in the level's VMCB, and lost without a VMRUN. */
  readonly wasLost: boolean;
  /** ... or was executed by a VMRUN on the pCPU of the hit, to no effect. */
  readonly wasIgnored: boolean;
  /** The vCPU was elsewhere in between. */
  readonly moved: boolean;
  /** A request of a full flush was served in the level that hit. */
  readonly wasServed: boolean;
  readonly kindsAfter: readonly CheckerEventKind[];
  readonly kinds: readonly CheckerEventKind[];
  readonly usedFallback: boolean;
  /** The numbers of the pCPU were used up in between, after the roll-over that its first use is. */
  readonly rolledOver: boolean;
}

/** Which obligation a path breaks, judged by what should have removed the translation. */
export function diagnose(setting: Setting, events: readonly CheckerEvent[]): Obligation {
  const truth = new Truth(setting.spec, setting.behaviour);
  const world = new World(setting.spec, setting.behaviour, truth);
  const wrong = lastWrong(new World(setting.spec, setting.behaviour), events);
  if (wrong === null) throw new RangeError('a path without a violation has no obligation');
  if (wrong.kind === 'asid 0') return 'O17 SHARED-FALLBACK';
  if (wrong.kind === 'SEV ASID reused') return 'O20 SEV-REUSE';
  if (wrong.kind === 'flush of every ASID') return 'O14 NO-HOST-BLAST';
  const story = tell(world, truth, events, wrong);
  if (wrong.hit.layer === 'owner') return ofOwner(world, wrong, story);
  if (wrong.hit.from === 'shadow') return 'O11 SYNC';
  if (wrong.hit.layer === 'host') return ofHost(story);
  return ofGuest(wrong, story);
}

function lastWrong(world: World, events: readonly CheckerEvent[]): Wrong | null {
  for (const event of events) if (step(world, event) && world.wrong !== null) return world.wrong;
  return null;
}

function tell(world: World, truth: Truth, events: readonly CheckerEvent[], wrong: WrongHit): Story {
  const { levels } = world.shape;
  const v = Math.floor(wrong.hit.domain / levels);
  const page = events.at(-1)!.page;
  let killer: CheckerEvent | null = null;
  let killedAt = 0;
  let killedOn = -1;
  let wasLost = false;
  let wasIgnored = false;
  let moved = false;
  let wasServed = false;
  let recorded = 0;
  let rollovers = 0;
  world.onVmrun = (record) => {
    if (record.pcpu !== wrong.pcpu || !hasReason(record.flushReasons, 'asidRollover')) return;
    rollovers += 1;
  };
  for (const [index, event] of events.entries()) {
    const vcpu = world.vcpus[v]!;
    const isL2 = wrong.hit.domain % levels > 0;
    const vmcb = isL2 ? (vcpu.vmcb02 ?? vcpu.nestedVmcb) : vcpu.vmcb01;
    const asked = hasBit(vcpu.requests, KVM_REQ.tlbFlush);
    world.beforeFlush = () => {
      recorded = Math.max(recorded, vmcb.tlbControl);
    };
    if (!step(world, event) || world.wrong !== null) continue;
    const served = asked && !hasBit(vcpu.requests, KVM_REQ.tlbFlush);
    const age = truth.ages[truth.shape.entryIndex(wrong.pcpu, wrong.asid, page)]!;
    const isDead = age >= 6 || age % 3 === 2;
    if (!isDead) {
      killer = null;
      wasLost = false;
      wasIgnored = false;
      moved = false;
      wasServed = false;
      recorded = 0;
      continue;
    }
    if (killer === null) {
      killer = event;
      killedAt = index;
      killedOn = world.phase[v] === 0 ? -1 : vcpu.pcpu;
    }
    const ran = hasRun(event, v, vcpu.current, vmcb);
    if (recorded !== 0 && vmcb.tlbControl === 0) {
      if (!ran) wasLost = true;
      else if (vcpu.pcpu === wrong.pcpu) wasIgnored = true;
    }
    recorded = vmcb.tlbControl;
    // Its own level was to flush, and did not.
    if (killer !== null && served && vcpu.guestMode === isL2) wasServed = true;
    if (world.phase[v] !== 0 && vcpu.pcpu !== wrong.pcpu) moved = true;
  }
  const kinds = events.map((event) => event.kind);
  return {
    killer,
    killedOn,
    wasLost,
    wasIgnored,
    moved,
    wasServed,
    kinds,
    kindsAfter: kinds.slice(killedAt),
    usedFallback: world.kvm.fallbackAsid !== 0 && wrong.asid === world.kvm.fallbackAsid,
    rolledOver: rollovers > 1 || world.kvm.behaviour.asidRollover !== 'new-generation-and-flush',
  };
}

function hasRun(event: CheckerEvent, v: number, current: Vmcb, vmcb: Vmcb): boolean {
  return event.kind === 'enter' && event.actor === v && current === vmcb;
}

const ODD_EXITS: readonly CheckerEventKind[] = ['forced-leave', 'vmrun-fails-late'];

function ofOwner(world: World, wrong: WrongHit, story: Story): Obligation {
  const { levels } = world.shape;
  const { entryDomain, domain } = wrong.hit;
  if (story.usedFallback) return 'O17 SHARED-FALLBACK';
  if (entryDomain < 0) return story.rolledOver ? 'O15 ROLLOVER' : 'O2 FIRST-USE';
  const [from, to] = [Math.floor(entryDomain / levels), Math.floor(domain / levels)];
  if (story.rolledOver && from !== to) return 'O15 ROLLOVER';
  if (world.vmOf[from] !== world.vmOf[to]) return 'O1 TAG-UNIQUE';
  if (from !== to) return 'O4 VCPU-SHARE';
  if (story.kinds.some((kind) => ODD_EXITS.includes(kind))) return 'O16 ALL-EXITS';
  return entryDomain % levels > 0 && domain % levels > 0 ? 'O6 ASID12-SEP' : 'O5 LEVEL-SEP';
}

function ofHost(story: Story): Obligation {
  if (story.killer?.kind === 'memslot-deleted') return 'O13 ROOT-LOAD';
  if (story.wasLost || story.wasIgnored) return 'O8 PENDING-PERSIST';
  if (story.moved) return 'O3 PCPU-RETURN';
  return story.wasServed ? 'O8 PENDING-PERSIST' : 'O7 ALL-LEVELS';
}

function ofGuest(wrong: WrongHit, story: Story): Obligation {
  const { killer } = story;
  if (killer?.kind === 'pv-flush') return 'O18 PV-LEVEL';
  if (killer?.kind === 'hv-flush-l1' || killer?.kind === 'hv-flush-l2') return 'O19 HV-FIFO';
  if (story.kindsAfter.some((kind) => ODD_EXITS.includes(kind))) return 'O16 ALL-EXITS';
  if (story.wasLost || story.wasIgnored) return 'O8 PENDING-PERSIST';
  switch (killer?.kind) {
    case 'invlpga':
    case 'handle':
      return story.killedOn === wrong.pcpu ? 'O10 L1-HONOURED' : 'O12 RIGHT-PCPU';
    case 'vmrun':
      if (story.moved) return 'O3 PCPU-RETURN';
      return killer.tlb === 0 ? 'O6 ASID12-SEP' : 'O10 L1-HONOURED';
    case 'emulated-flush':
    case 'rsm':
      return story.moved ? 'O3 PCPU-RETURN' : 'O9 REQ-CONTEXT';
    default:
      return story.killedOn === wrong.pcpu ? 'O9 REQ-CONTEXT' : 'O3 PCPU-RETURN';
  }
}
