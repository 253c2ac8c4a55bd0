import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { initVmcb, preSvmRun } from './asid.ts';
import { usesAvic } from './avic.ts';
import type { KvmBehaviour } from './behaviour.ts';
import { createMmu, kvmMmuNewPgd, kvmMmuReload, L1_ROOT } from './mmu.ts';
import { addReason } from './requests.ts';
import { serveRequests } from './serve-requests.ts';
import {
  createVmcb,
  type GuestCpu,
  type Kvm,
  type OwnerNames,
  type PcpuData,
  type Vcpu,
  type Vm,
  type Vmcb,
  type VmrunRecord,
} from './state.ts';
import { chargeServedRequests } from './tlb-requests.ts';
import { kvmAllocTlbTag, svmVcpuInitTag, svmVmInit } from './tlb-tags.ts';

export interface KvmOptions {
  readonly behaviour: KvmBehaviour;
  readonly nptEnabled: boolean;
  readonly flushByAsid: boolean;
  /** CPUID 8000_000A EBX. */
  readonly asidCount: number;
  /** ASIDs below this one belong to SEV: max_sev_asid + 1. */
  readonly minAsid: number;
  /** min_sev_asid: those below belong to SEV-ES. Absent: 1. */
  readonly minSevAsid?: number;
  readonly cpus: readonly GuestCpu[];
  readonly owners: OwnerNames;
  readonly charge: (kind: number, count: number) => void;
  readonly onVmrun: (record: VmrunRecord) => void;
}

/** svm_hardware_setup(): the first number taken on each pCPU is a roll-over already. */
export function svmHardwareSetup(options: KvmOptions): Kvm {
  const maxAsid = options.asidCount - 1;
  const kvm: Kvm = {
    behaviour: options.behaviour,
    nptEnabled: options.nptEnabled,
    flushByAsid: options.flushByAsid,
    minAsid: options.minAsid,
    maxAsid,
    usedAsids: new Uint8Array(options.asidCount),
    fallbackAsid: needsFallback(options.behaviour) ? options.minAsid : 0,
    pcpus: options.cpus.map((cpu, id) => ({
      id,
      cpu,
      asidGeneration: 1,
      nextAsid: maxAsid + 1,
      flushAllAsids: false,
      asidVcpu: new Map(),
      sevVmcbs: new Map(),
    })),
    sev: {
      min: 1,
      minSev: options.minSevAsid ?? 1,
      max: options.minAsid - 1,
      used: new Set(),
      reclaimable: new Set(),
      cacheFlushes: 0,
    },
    vms: [],
    owners: options.owners,
    charge: options.charge,
    onVmrun: options.onVmrun,
  };
  if (kvm.fallbackAsid !== 0) kvmAllocTlbTag(kvm);
  return kvm;
}

/** Whether a number is set aside for all that find none: where numbers are static, and not of a counter. */
function needsFallback({ l1Asid, tagExhaustion }: KvmBehaviour): boolean {
  if (l1Asid === 'per-vcpu-generation') return false;
  switch (tagExhaustion) {
    case 'shared-fallback':
      return true;
    case 'asid-zero':
      return false;
    default:
      return tagExhaustion satisfies never;
  }
}

/** kvm_create_vm() */
export function kvmCreateVm(kvm: Kvm): Vm {
  const vm: Vm = {
    id: kvm.vms.length,
    asid: 0,
    nestedAsid: 0,
    sevAsid: 0,
    lastAsid12: 0,
    vcpus: [],
  };
  svmVmInit(kvm, vm);
  kvm.vms.push(vm);
  return vm;
}

/** svm_vcpu_create(); L1 has CR4.PGE set, as Linux has. */
export function svmVcpuCreate(kvm: Kvm, vm: Vm): Vcpu {
  const vmcb01 = createVmcb('vmcb01');
  const rootMmu = createMmu('root_mmu', !kvm.nptEnabled);
  const vcpu: Vcpu = {
    vm,
    index: vm.vcpus.length,
    pcpu: -1,
    vmcb01,
    nestedVmcb: createVmcb('vmcb02'),
    vmcb02: null,
    current: vmcb01,
    asid: 0,
    nestedAsid: 0,
    l2Slots: [],
    guestMode: false,
    nestedRunPending: false,
    apicvActive: usesAvic(kvm),
    requests: 0,
    requestReasons: { all: 0, current: 0, guest: 0 },
    vmcb12: null,
    lastAsid12: 0,
    lastVmcb12Gpa: 0,
    cr4Pge: true,
    l1Cr4Pge: true,
    hyperV: null,
    pvFlushPending: false,
    rootMmu,
    guestMmu: createMmu('guest_mmu', true),
    mmu: rootMmu,
  };
  kvmMmuNewPgd(vcpu, L1_ROOT);
  vm.vcpus.push(vcpu);
  svmVcpuInitTag(kvm, vcpu);
  initVmcb(kvm, vcpu);
  return vcpu;
}

/** From the end of preemption to VMRUN, which nothing interrupts. */
export function preRunAndVmrun(kvm: Kvm, vcpu: Vcpu): void {
  preSvmRun(kvm, vcpu);
  svmVcpuRun(kvm, vcpu);
}

/**
 * vcpu_enter_guest() up to and including VMRUN: hardware runs the active VMCB afterwards. A request
 * that serving others raised (a sync flushes the whole VM) sends it back to the start, as
 * kvm_vcpu_exit_request() does.
 */
export function vcpuEnterGuest(kvm: Kvm, vcpu: Vcpu): void {
  do {
    if (serveRequests(kvm, vcpu)) chargeServedRequests(kvm);
    kvmMmuReload(kvm, vcpu);
  } while (vcpu.requests !== 0);
  preRunAndVmrun(kvm, vcpu);
}

/** svm_vcpu_run(): VMRUN, and afterwards TLB_CONTROL 0 in the VMCB that ran, and only there. */
function svmVcpuRun(kvm: Kvm, vcpu: Vcpu): void {
  const vmcb = vcpu.current;
  const pcpu = kvm.pcpus[vcpu.pcpu]!;
  takeRollover(vmcb, pcpu);
  const record: VmrunRecord = {
    vcpu,
    vmcb: vmcb.kind,
    pcpu: vcpu.pcpu,
    asid: asidThatHardwareReads(kvm, vmcb),
    tlbControl: tlbControlThatHardwareReads(kvm, vmcb),
    flushReasons: vmcb.flushReasons,
  };
  pcpu.cpu.vmrun(record.asid, record.tlbControl, runningOwner(kvm, vcpu));
  pcpu.flushAllAsids = false;
  vmcb.isClean = true;
  vmcb.cachedAsid = record.asid;
  afterVmrun(kvm, vcpu);
  if (vcpu.guestMode) vcpu.nestedRunPending = false;
  kvm.onVmrun(record);
}

/** The ASID of a VMCB that is clean may be taken from what hardware has cached of it. */
function asidThatHardwareReads(kvm: Kvm, vmcb: Vmcb): number {
  const { asidCleanBit } = kvm.behaviour;
  switch (asidCleanBit) {
    case 'dirtied':
      return vmcb.asid;
    case 'left-clean':
      return vmcb.isClean ? vmcb.cachedAsid : vmcb.asid;
    default:
      return asidCleanBit satisfies never;
  }
}

/** What VMRUN executes; what hardware has cached is always that of an earlier VMRUN, cleared. */
function tlbControlThatHardwareReads(kvm: Kvm, vmcb: Vmcb): number {
  const { tlbControlCleanBit } = kvm.behaviour;
  switch (tlbControlCleanBit) {
    case 'always-read':
      return vmcb.tlbControl;
    case 'cached':
      return vmcb.isClean ? TLB_CONTROL.doNothing : vmcb.tlbControl;
    default:
      return tlbControlCleanBit satisfies never;
  }
}

/** After a VMRUN, TLB_CONTROL is 0 in the VMCB that ran. */
function afterVmrun(kvm: Kvm, vcpu: Vcpu): void {
  clearTlbControl(vcpu.current);
  const { tlbControlCleared } = kvm.behaviour;
  switch (tlbControlCleared) {
    case 'in-vmcb-that-ran':
      return;
    case 'in-both-vmcbs':
      clearTlbControl(vcpu.vmcb01);
      if (vcpu.vmcb02 !== null) clearTlbControl(vcpu.vmcb02);
      return;
    default:
      tlbControlCleared satisfies never;
  }
}

/** svm_cpu_data.flush_all_asids: the next VMRUN on the pCPU flushes all, whoever's it is. */
function takeRollover(vmcb: Vmcb, pcpu: PcpuData): void {
  if (!pcpu.flushAllAsids) return;
  vmcb.tlbControl = TLB_CONTROL.flushAllAsids;
  vmcb.flushReasons = addReason(vmcb.flushReasons, 'asidRollover');
}

/**
 * svm_vcpu_run() whose VMRUN the CPU refuses (VMEXIT_INVALID): hardware has executed no TLB_CONTROL.
 * v6.14 clears it all the same (svm.c 4473 to 4485 of 6.12.117 does not: CVE-2026-98715).
 */
export function svmVcpuRunRefused(kvm: Kvm, vcpu: Vcpu): void {
  preSvmRun(kvm, vcpu);
  takeRollover(vcpu.current, kvm.pcpus[vcpu.pcpu]!);
  if (vcpu.guestMode) vcpu.nestedRunPending = false;
  const { refusedVmrun } = kvm.behaviour;
  switch (refusedVmrun) {
    case 'drops-flush':
      clearTlbControl(vcpu.current);
      vcpu.current.isClean = true;
      return;
    case 'keeps-flush':
      return;
    default:
      refusedVmrun satisfies never;
  }
}

function clearTlbControl(vmcb: Vmcb): void {
  vmcb.tlbControl = TLB_CONTROL.doNothing;
  vmcb.flushReasons = 0;
}

/** vcpu_enter_guest() given up after its requests were served, as for a signal: no VMRUN follows. */
export function vcpuCancelEntry(kvm: Kvm, vcpu: Vcpu): void {
  const { abandonedEntry } = kvm.behaviour;
  switch (abandonedEntry) {
    case 'keeps-flush':
      return;
    case 'drops-flush':
      clearTlbControl(vcpu.current);
      return;
    default:
      abandonedEntry satisfies never;
  }
}

/** Whose translations the vCPU may use now. */
function runningOwner(kvm: Kvm, vcpu: Vcpu): number {
  const { vmcb12 } = vcpu;
  if (vcpu.current.kind === 'vmcb01' || vmcb12 === null) {
    return kvm.owners.l1(vcpu.vm.id, vcpu.index);
  }
  return kvm.owners.l2(vcpu.vm.id, vcpu.index, vmcb12.asid);
}

/** #VMEXIT: back in L0, with the host's translations. */
export function vmexit(kvm: Kvm, vcpu: Vcpu): void {
  kvm.pcpus[vcpu.pcpu]!.cpu.vmexit();
}
