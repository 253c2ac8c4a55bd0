import { guestWritesPageTable, L1_ROOT, shadowPageTable } from '../hypervisor/mmu.ts';
import { svmAllocateNested, svmFreeNested } from '../hypervisor/nested-transitions.ts';
import type { Kvm, Vcpu } from '../hypervisor/state.ts';
import type { VmexitEvent, VmrunEvent } from '../inputs/cpu-log.ts';

const EXIT_PF = 0x4e;
const EXIT_MSR = 0x7c;
const EXIT_NPF = 0x400;
const MSR_EFER = 'c0000080';
const EFER_SVME = 4096;
const PAGE_BYTES = 4096;

/** EFER written by L1: SVME makes vmcb02, or takes it away. */
export function writesEfer(kvm: Kvm, vcpu: Vcpu, event: VmexitEvent): void {
  if (event.code !== EXIT_MSR || event.info1 !== '1' || event.ecx !== MSR_EFER) return;
  const hasSvme = Math.floor(Number.parseInt(event.eax, 16) / EFER_SVME) % 2 === 1;
  if (hasSvme) svmAllocateNested(kvm, vcpu);
  else svmFreeNested(kvm, vcpu);
}

/**
 * A fault of L1 for a write to a page that is present, and which L1 does not get: L0 has the page
 * write-protected because it shadows the page table in it. True if this was one.
 */
export function writesPageTable(
  kvm: Kvm,
  vcpu: Vcpu,
  event: VmexitEvent,
  next: VmrunEvent | null,
): boolean {
  if (event.code !== (kvm.nptEnabled ? EXIT_NPF : EXIT_PF)) return false;
  const isPresentAndWrite = Number.parseInt(event.info1, 16) % 4 === 3;
  if (!isPresentAndWrite || (next !== null && isPageFault(next.eventInjection))) return false;
  // NPT12 where L0 has NPT, else what L1 made for an L2 that it shadows: of the L2 that ran last.
  const mmu = kvm.nptEnabled ? vcpu.guestMmu : vcpu.rootMmu;
  const page = Math.floor(Number.parseInt(event.info2, 16) / PAGE_BYTES);
  shadowPageTable(mmu, page, vcpu.vmcb12?.root ?? L1_ROOT);
  guestWritesPageTable(mmu, page);
  return true;
}

/** EVENTINJ of exception 14: the low byte is the vector, the three bits above it the type (3). */
function isPageFault(eventInjection: string): boolean {
  return Number.parseInt(eventInjection, 16) % 0x800 === 0x30e;
}
