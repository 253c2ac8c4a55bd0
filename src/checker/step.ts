import { svmEnableVirtualizationCpu, svmVcpuLoad } from '../hypervisor/asid.ts';
import { preRunAndVmrun, svmVcpuRunRefused, vcpuCancelEntry } from '../hypervisor/kvm-svm.ts';
import { kvmMmuReload, kvmUnmapGfnRange } from '../hypervisor/mmu.ts';
import {
  nestedSvmVmexit,
  svmAllocateNested,
  svmFreeNested,
  svmLeaveNested,
} from '../hypervisor/nested-transitions.ts';
import { kvmHvFlushTlb } from '../hypervisor/paravirtual-flush.ts';
import { hasReason, KVM_REQ } from '../hypervisor/requests.ts';
import { serveNextRequest } from '../hypervisor/serve-requests.ts';
import { sevAsidFree } from '../hypervisor/sev.ts';
import { kvmMakeRequest } from '../hypervisor/tlb-requests.ts';
import { svmVmDestroy, svmVmPreDestroy } from '../hypervisor/tlb-tags.ts';
import { type CheckerEventKind, SPLITTABLE } from './event-kinds.ts';
import type { CheckerEvent } from './events.ts';
import { exercisedByEntry, exercisedBySwitch } from './exercise.ts';
import { runHandler, setNestedState } from './handlers.ts';
import { obstacleTo } from './obstacles.ts';
import { HIT } from './translations.ts';
import { PENDING, PHASE, type World } from './world.ts';

/** More rounds than any sequence of requests needs; a loop would be a bug of the model. */
const MAX_ROUNDS = 8;

/**
 * Performs an event if it can happen in this state. False, and nothing has changed, if it cannot or
 * would change nothing. What went wrong is in `world.wrong` afterwards.
 */
export function step(world: World, event: CheckerEvent): boolean {
  world.exercised = 0;
  world.wrong = null;
  if (obstacleTo(world, event) !== null) return false;
  const happened = perform(world, event);
  if (happened) world.settle();
  return happened;
}

/** What can happen, happens. */
function perform(world: World, event: CheckerEvent): boolean {
  const { actor } = event;
  switch (event.kind) {
    case 'vm-created':
      createVm(world, actor);
      return true;
    case 'host-unmaps':
      hostUnmaps(world, actor, event.page);
      return true;
    case 'memslot-deleted':
      memslotDeleted(world, actor);
      return true;
    case 'off-and-on':
      offAndOn(world, actor);
      return true;
    case 'vm-dying':
      vmDying(world, actor);
      return true;
    case 'vm-dies':
      vmDies(world, actor);
      return true;
    default:
      return performOnVcpu(world, event);
  }
}

function createVm(world: World, slot: number): void {
  const { sev } = world.kvm;
  const reclaimable = [...sev.reclaimable];
  const flushes = sev.cacheFlushes;
  world.createVm(slot);
  if (sev.cacheFlushes > flushes) world.test('O20 SEV-REUSE');
  const asid = world.vm(slot).sevAsid;
  if (asid !== 0 && reclaimable.includes(asid) && sev.cacheFlushes === flushes) {
    world.wrong = { kind: 'SEV ASID reused' };
  }
}

/** The notifier zaps, requests a flush, and waits until no vCPU is in the guest. */
function hostUnmaps(world: World, slot: number, page: number): void {
  kvmUnmapGfnRange(world.kvm, world.vm(slot));
  for (const v of world.vcpusOf(slot)) world.truth.hostTook(v, page);
}

/** kvm_mmu_zap_all_fast(): roots are dropped by each vCPU itself, without a remote flush. */
function memslotDeleted(world: World, slot: number): void {
  for (const v of world.vcpusOf(slot)) {
    kvmMakeRequest(world.vcpus[v]!, KVM_REQ.mmuFreeObsoleteRoots, null);
    for (let page = 0; page < world.spec.pages; page += 1) world.truth.hostTook(v, page);
  }
}

/**
 * What sat there moves away before, and nothing runs there in between. Nothing in the architecture
 * empties the TLB of a pCPU that does not execute.
 */
function offAndOn(world: World, pcpu: number): void {
  const occupant = world.occupant(pcpu);
  if (occupant >= 0) world.phase[occupant] = PHASE.out;
  world.test('O15 ROLLOVER');
  svmEnableVirtualizationCpu(world.kvm, world.kvm.pcpus[pcpu]!);
}

/** The VM's end begins, while its vCPUs may still run. */
function vmDying(world: World, slot: number): void {
  svmVmPreDestroy(world.kvm, world.vm(slot));
  world.vmAlive[slot] = 2;
}

function vmDies(world: World, slot: number): void {
  for (const v of world.vcpusOf(slot)) {
    world.phase[v] = PHASE.out;
    world.pending.fill(0, v * PENDING, v * PENDING + PENDING);
    world.truth.vcpuDied(v);
  }
  if (world.vmAlive[slot] === 1) svmVmPreDestroy(world.kvm, world.vm(slot));
  if (world.spec.sevVms.includes(slot)) sevAsidFree(world.kvm, world.vm(slot));
  svmVmDestroy(world.kvm, world.vm(slot));
  world.vmAlive[slot] = 0;
}

function performOnVcpu(world: World, event: CheckerEvent): boolean {
  switch (event.kind) {
    case 'load':
      return load(world, event.actor, event.pcpu);
    case 'enter':
    case 'serve':
    case 'cancel':
    case 'vmrun-refused':
    case 'handle':
    case 'interrupt-to-l1':
    case 'forced-leave':
    case 'set-nested-state':
      return performInHost(world, event);
    case 'pv-flush':
    case 'hv-flush-l1':
    case 'hv-flush-l2':
      return paravirtualFlush(world, event);
    default:
      return performInGuest(world, event);
  }
}

/** Whoever is on the pCPU is preempted; the vCPU leaves its own. A guest exits first. */
function load(world: World, v: number, pcpu: number): boolean {
  const vcpu = world.vcpus[v]!;
  if (world.phase[v] !== PHASE.out && vcpu.pcpu === pcpu) return false;
  const occupant = world.occupant(pcpu);
  if (occupant >= 0) world.phase[occupant] = PHASE.out;
  world.phase[v] = PHASE.host;
  svmVcpuLoad(world.kvm, vcpu, pcpu);
  return true;
}

function performInHost(world: World, event: CheckerEvent): boolean {
  const v = event.actor;
  const vcpu = world.vcpus[v]!;
  switch (event.kind) {
    case 'handle':
      runPending(world, v);
      return true;
    case 'enter':
      if (world.phase[v] === PHASE.guest) return false;
      enter(world, v);
      return true;
    case 'serve':
      exercisedByEntry(world, v, false);
      return serveNextRequest(world.kvm, vcpu);
    case 'cancel':
      return cancel(world, v);
    case 'vmrun-refused':
      refuse(world, v);
      return true;
    case 'interrupt-to-l1':
      exercisedBySwitch(world, v);
      nestedSvmVmexit(world.kvm, vcpu);
      return true;
    case 'set-nested-state':
      world.test('O16 ALL-EXITS');
      setNestedState(world, v, event);
      return true;
    default:
      world.test('O16 ALL-EXITS');
      svmLeaveNested(world.kvm, vcpu);
      return true;
  }
}

/** What L0 does at once, on the pCPU where it happens to be. */
const PAGE_FLUSHES: readonly CheckerEventKind[] = ['invlpga', 'invlpg'];

/** The handler of an exit that was made earlier, wherever the vCPU is now. */
function runPending(world: World, v: number): void {
  const at = v * PENDING;
  const [number = 0, page = 0, asid = 0, tlb = 0, npt12 = 1] = world.pending.subarray(
    at,
    at + PENDING,
  );
  world.pending.fill(0, at, at + PENDING);
  const kind = SPLITTABLE[number - 1]!;
  if (PAGE_FLUSHES.includes(kind)) world.test('O12 RIGHT-PCPU');
  runHandler(world, v, { kind, page, asid, tlb, npt12 });
}

/** Serves whatever is pending and loads the root, until nothing is left to do. */
function prepareEntry(world: World, v: number): boolean {
  const { kvm } = world;
  const vcpu = world.vcpus[v]!;
  let did = false;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    while (serveNextRequest(kvm, vcpu)) did = true;
    if (vcpu.mmu.needsLoad) {
      kvmMmuReload(kvm, vcpu);
      did = true;
    }
    if (vcpu.requests === 0) return did;
  }
  throw new RangeError('the requests of a vCPU never end');
}

/** Why L0 itself flushes every ASID of a CPU that could flush one. */
const OWN_BLASTS = ['asidRollover', 'everyVmrun'] as const;

function enter(world: World, v: number): void {
  const vcpu = world.vcpus[v]!;
  exercisedByEntry(world, v, true);
  prepareEntry(world, v);
  world.blasted = false;
  preRunAndVmrun(world.kvm, vcpu);
  if (hasReason(world.flushReasons, 'asidRollover')) world.test('O15 ROLLOVER');
  if (vcpu.current.asid === world.kvm.fallbackAsid) world.test('O17 SHARED-FALLBACK');
  const isOwn = OWN_BLASTS.some((reason) => hasReason(world.flushReasons, reason));
  if (world.blasted && world.spec.flushByAsid && !isOwn && world.wrong === null) {
    world.wrong = { kind: 'flush of every ASID' };
  }
  world.phase[v] = PHASE.guest;
}

/** From L2 the failure is an exit for L1; from L1 it goes to userspace, which may run the vCPU again. */
function refuse(world: World, v: number): void {
  const vcpu = world.vcpus[v]!;
  exercisedByEntry(world, v, false);
  prepareEntry(world, v);
  svmVcpuRunRefused(world.kvm, vcpu);
  if (vcpu.guestMode) nestedSvmVmexit(world.kvm, vcpu);
}

/** vcpu_enter_guest() that ends at the last check before VMRUN, for a signal. */
function cancel(world: World, v: number): boolean {
  const vcpu = world.vcpus[v]!;
  const recorded = vcpu.current.tlbControl;
  const did = prepareEntry(world, v);
  vcpuCancelEntry(world.kvm, vcpu);
  return did || vcpu.current.tlbControl !== recorded;
}

/** L1 asks, on behalf of this vCPU or of another one of its own. */
function paravirtualFlush(world: World, event: CheckerEvent): boolean {
  const v = event.actor;
  const vcpu = world.vcpus[v]!;
  if (event.kind === 'pv-flush') {
    if (vcpu.pvFlushPending) return false;
    vcpu.pvFlushPending = true;
    world.truth.guestFlushed(v, 0);
    if (vcpu.guestMode) world.test('O18 PV-LEVEL');
    return true;
  }
  const level = event.kind === 'hv-flush-l1' ? 'l1' : 'l2';
  if (vcpu.hyperV?.[level].includes(event.page) === true) return false;
  kvmHvFlushTlb([vcpu], level, [event.page]);
  world.truth.pageFlushed(v, level === 'l1' ? 0 : vcpu.lastAsid12, event.page);
  if (vcpu.guestMode !== (level === 'l2')) world.test('O19 HV-FIFO');
  return true;
}

function performInGuest(world: World, event: CheckerEvent): boolean {
  const v = event.actor;
  const level = world.levelOf(v);
  const { page, asid } = event;
  const { spec, truth } = world;
  const vcpu = world.vcpus[v]!;
  switch (event.kind) {
    case 'touch':
      return touch(world, v, level, page);
    case 'changes-pte':
      return changesTable(world, v, level, page);
    case 'changes-l2-pte':
      return changesTable(world, v, asid, page);
    case 'changes-npt12':
      truth.nestedChanged(v, page, event.npt12);
      world.writeShadowed(v, event.npt12, page);
      return true;
    case 'invlpg':
      if (!spec.nptEnabled) break;
      truth.dropPage(vcpu.pcpu, world.asidOf(v), page);
      truth.pageFlushed(v, level, page);
      return true;
    case 'mov-cr3':
      if (!spec.nptEnabled) break;
      truth.dropAsid(vcpu.pcpu, world.asidOf(v));
      truth.guestFlushed(v, level);
      return true;
    case 'exit':
      world.phase[v] = PHASE.host;
      return true;
    default:
  }
  exitsWith(world, event);
  return true;
}

/** Instructions that L0 intercepts: the exit, and the handler unless the vCPU is preempted first. */
function exitsWith(world: World, event: CheckerEvent): void {
  const v = event.actor;
  const vcpu = world.vcpus[v]!;
  world.phase[v] = PHASE.host;
  if (event.kind === 'svme-off') svmFreeNested(world.kvm, vcpu);
  else if (event.kind === 'svme-on') svmAllocateNested(world.kvm, vcpu);
  else if (!event.exitOnly) {
    runHandler(world, v, event);
  } else {
    const kind = SPLITTABLE.indexOf(event.kind) + 1;
    world.pending.set([kind, event.page, event.asid, event.tlb, event.npt12], v * PENDING);
  }
}

function changesTable(world: World, v: number, level: number, page: number): boolean {
  world.truth.guestChanged(v, level, page);
  if (!world.spec.nptEnabled) world.writeShadowed(v, level, page);
  return true;
}

/** An access. A hit that is fine changes nothing. */
function touch(world: World, v: number, level: number, page: number): boolean {
  const vcpu = world.vcpus[v]!;
  const asid = world.asidOf(v);
  const npt12 = world.npt12Of(v);
  const found = world.truth.access(vcpu.pcpu, asid, page, v, level, npt12);
  if (found === HIT.fine) return false;
  if (found === HIT.violation) {
    world.wrong = { kind: 'hit', hit: world.truth.bad!, pcpu: vcpu.pcpu, asid };
    return true;
  }
  if (world.shape.isShadowed(level)) world.shadows(v, world.shape.tableOf(level, npt12), page);
  return true;
}
