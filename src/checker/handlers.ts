import { kvmHandleInvpcid, kvmMmuInvlpg, kvmSetCr3 } from '../hypervisor/guest-paging.ts';
import { L1_ROOT } from '../hypervisor/mmu.ts';
import {
  nestedSvmVmexit,
  nestedSvmVmrun,
  svmSetNestedState,
} from '../hypervisor/nested-transitions.ts';
import { invlpgaInterception } from '../hypervisor/page-flushes.ts';
import type { Vmcb12 } from '../hypervisor/state.ts';
import type { CheckerEvent } from './events.ts';
import { exercisedBySwitch } from './exercise.ts';
import { PHASE, TLB_CONTROLS, type World } from './world.ts';

/** INVPCID of type 2: every context, global pages too. */
const ALL_CONTEXTS = 2;

/** An intercepted instruction, with the operands of its event. */
export type Intercepted = Pick<CheckerEvent, 'kind' | 'page' | 'asid' | 'tlb' | 'npt12'>;

/** What L0 does after the exit of an intercepted instruction. */
export function runHandler(world: World, v: number, instruction: Intercepted): void {
  const { kind, page, asid } = instruction;
  const { kvm } = world;
  const vcpu = world.vcpus[v]!;
  const level = world.levelOf(v);
  world.phase[v] = PHASE.host;
  switch (kind) {
    case 'vmrun':
      nestedVmrun(world, v, instruction);
      return;
    case 'vmrun-fails-early':
      // The checks of vmcb12 come before anything else is touched.
      return;
    case 'vmrun-fails-late':
      world.test('O16 ALL-EXITS');
      exercisedBySwitch(world, v);
      nestedSvmVmrun(kvm, vcpu, vmcb12Of(world, instruction));
      nestedSvmVmexit(kvm, vcpu);
      return;
    case 'rsm':
      world.truth.guestFlushed(v, 0);
      kvmHandleInvpcid(kvm, vcpu, ALL_CONTEXTS, page);
      nestedVmrun(world, v, { ...instruction, tlb: 0 });
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
      world.truth.pageFlushed(v, level, page);
      return;
    default:
      kvmSetCr3(kvm, vcpu, level === 0 ? L1_ROOT : vcpu.vmcb12!.root, false);
      world.truth.guestFlushed(v, level);
  }
}

/** A VMRUN that succeeds, and what L1 may rely on from then on. */
function nestedVmrun(world: World, v: number, vmrun: Intercepted): void {
  const { truth } = world;
  const { asid } = vmrun;
  const control = TLB_CONTROLS[vmrun.tlb]!;
  exercisedBySwitch(world, v);
  if (control === 1) {
    world.test('O14 NO-HOST-BLAST');
    for (let level = 0; level < truth.shape.levels; level += 1) truth.asidFlushed(v, level, true);
  } else if (control !== 0) truth.asidFlushed(v, asid, control === 3);
  if (control !== 0) world.test('O10 L1-HONOURED');
  truth.started(v, asid);
  world.tests(truth.testedByShadows(v));
  nestedSvmVmrun(world.kvm, world.vcpus[v]!, vmcb12Of(world, vmrun));
}

/** Userspace's state of an L2 that has run: what it holds is what it may go on with. */
export function setNestedState(world: World, v: number, state: Intercepted): void {
  exercisedBySwitch(world, v);
  world.truth.started(v, state.asid);
  svmSetNestedState(world.kvm, world.vcpus[v]!, vmcb12Of(world, state));
}

function vmcb12Of(world: World, { asid, tlb, npt12 }: Intercepted): Vmcb12 {
  return world.vmcb12(asid, tlb, npt12);
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
