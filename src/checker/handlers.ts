import { kvmHandleInvpcid, kvmMmuInvlpg, kvmSetCr3 } from '../hypervisor/guest-paging.ts';
import { L1_ROOT, nestedSvmVmexit, nestedSvmVmrun } from '../hypervisor/nested-transitions.ts';
import { invlpgaInterception } from '../hypervisor/page-flushes.ts';
import type { EventKind } from './event-kinds.ts';
import { exercisedBySwitch } from './exercise.ts';
import { PHASE, TLB_CONTROLS, type World } from './world.ts';

/** INVPCID of type 2: every context, global pages too. */
const ALL_CONTEXTS = 2;

/** What L0 does after the exit of an intercepted instruction. `tlb` is an index of TLB_CONTROLS. */
export function runHandler(
  world: World,
  v: number,
  kind: EventKind,
  page: number,
  asid: number,
  tlb: number,
): void {
  const { kvm } = world;
  const vcpu = world.vcpus[v]!;
  const level = world.levelOf(v);
  world.phase[v] = PHASE.host;
  switch (kind) {
    case 'vmrun':
      nestedVmrun(world, v, asid, tlb);
      return;
    case 'vmrun-fails-early':
      // The checks of vmcb12 come before anything else is touched.
      return;
    case 'vmrun-fails-late':
      world.test('O16 ALL-EXITS');
      exercisedBySwitch(world, v);
      nestedSvmVmrun(kvm, vcpu, world.vmcb12s[asid]![tlb]!);
      nestedSvmVmexit(kvm, vcpu);
      return;
    case 'rsm':
      world.truth.guestFlushed(v, 0);
      kvmHandleInvpcid(kvm, vcpu, ALL_CONTEXTS, page);
      nestedVmrun(world, v, asid, 0);
      return;
    case 'reflected-exit':
      exercisedBySwitch(world, v);
      nestedSvmVmexit(kvm, vcpu);
      return;
    case 'emulated-flush':
      kvmHandleInvpcid(kvm, vcpu, ALL_CONTEXTS, page);
      world.truth.guestFlushed(v, level);
      return;
    case 'invlpga':
      invlpga(world, v, asid, page);
      return;
    case 'invlpg':
      zap(world, v, page, level, level);
      kvmMmuInvlpg(kvm, vcpu, page);
      return;
    default:
      kvmSetCr3(kvm, vcpu, level === 0 ? L1_ROOT : vcpu.vmcb12!.root, false);
  }
}

/** A VMRUN that succeeds, and what L1 may rely on from then on. */
function nestedVmrun(world: World, v: number, asid: number, tlb: number): void {
  const { truth } = world;
  const control = TLB_CONTROLS[tlb]!;
  exercisedBySwitch(world, v);
  if (control === 1) {
    world.test('O14 NO-HOST-BLAST');
    for (let level = 0; level < truth.levels; level += 1) truth.asidFlushed(v, level, true);
  } else if (control !== 0) truth.asidFlushed(v, asid, control === 3);
  if (control !== 0) world.test('O10 L1-HONOURED');
  truth.started(v, asid);
  if (world.isBehind(v)) world.test('O11 SYNC');
  nestedSvmVmrun(world.kvm, world.vcpus[v]!, world.vmcb12s[asid]![tlb]!);
}

/** The page flush of an ASID that L1 gave to an L2, or of its own (0). */
function invlpga(world: World, v: number, asid: number, page: number): void {
  if (asid > 0) world.test('O10 L1-HONOURED');
  // kvm_mmu_invalidate_addr() removes the address from every root of the MMU.
  zap(world, v, page, 0, world.spec.l2s);
  invlpgaInterception(world.kvm, world.vcpus[v]!, asid, page);
  world.truth.pageFlushed(v, asid, page);
}

function zap(world: World, v: number, page: number, from: number, to: number): void {
  if (world.spec.nptEnabled) return;
  for (let table = from; table <= to; table += 1) world.truth.zapped(v, table, page);
}
