import type { KvmBehaviour } from './behaviour.ts';

/** Linux v6.14, before any of the series. */
export const KVM_6_14: KvmBehaviour = {
  l1Asid: 'per-vcpu-generation',
  l2Asid: 'shared-with-l1',
  l2AsidCacheSize: 'none',
  l2AsidCacheKey: 'asid12-and-nested-cr3',
  nestedTagLife: 'until-vm-dies',
  tagExhaustion: 'shared-fallback',
  fallbackAsid: 'flushed-at-every-vmrun',
  tagAllocation: 'unique',
  tagFreed: 'when-vm-is-gone',
  onPcpuChange: 'new-asid',
  vmcbCpuWritten: 'at-vmrun',
  vmcb02Cpu: 'kept',
  vcpuReset: 'active-vmcb',
  asidRollover: 'new-generation-and-flush',
  cpuOnline: 'generation-restarts',
  asidOwnerTracking: 'untracked',
  wrongAsid: 'fixed-and-flushed',
  asidCleanBit: 'dirtied',
  sevAsidTracking: 'vmcb-at-run',
  sevAsidPool: 'own-bitmaps',
  guestFlush: 'at-next-vmrun',
  withoutFlushByAsid: 'new-asid',
  flushRequestScope: 'current-vmcb',
  localFlushTarget: 'active-vmcb',
  localRequestsBeforeSwitch: 'left-pending',
  hostUnmap: 'flushes-all-vcpus',
  rootLoad: 'flush-current',
  tlbControlCleared: 'in-vmcb-that-ran',
  abandonedEntry: 'keeps-flush',
  refusedVmrun: 'drops-flush',
  tlbControlCleanBit: 'always-read',
  everyVmrun: 'as-requested',
  staleEntries: 'until-flushed',
  nestedTransition: 'flush-and-sync',
  vmcb12TlbControl: 'ignored',
  vmcb12AsidChange: 'ignored',
  vmcb02TlbControlOnEntry: 'reset',
  invlpga: 'as-invlpg',
  invlpgaPcpu: 'handler-pcpu',
  forcedLeave: 'no-flush',
  asidsShownToL1: 'eight',
  avic: 'not-in-use',
  guestInvlpgb: 'not-offered',
  pvFlushScope: 'current-mode',
  hyperVQueue: 'current-mode',
  hyperVPurge: 'current-mode',
};

/** Linux 6.12.117, which all captures are of: v6.14's rules, and what stable kernels got after it. */
export const KVM_6_12_117: KvmBehaviour = {
  ...KVM_6_14,
  onPcpuChange: 'new-asid-for-both-vmcbs',
  vmcb02Cpu: 'none',
  refusedVmrun: 'keeps-flush',
  cpuOnline: 'new-generation',
};

/** The 13 patches of February 2025: an ASID for each VMCB, from the counters of v6.14. */
export const RFC_2025_02: KvmBehaviour = {
  ...KVM_6_14,
  l2Asid: 'per-vmcb-generation',
  vcpuReset: 'both-vmcbs',
  flushRequestScope: 'both-vmcbs',
  localRequestsBeforeSwitch: 'served-first',
  vmcb12TlbControl: 'honoured',
  vmcb12AsidChange: 'flush',
  vmcb02TlbControlOnEntry: 'kept',
  invlpga: 'on-l2-asid-when-l1-shadows',
  nestedTransition: 'as-needed',
};

/** The 7 patches of 13 March 2025, withdrawn a week later. */
export const STATIC_2025_03_13: KvmBehaviour = {
  ...KVM_6_14,
  l1Asid: 'per-vm-static',
  tagExhaustion: 'asid-zero',
  onPcpuChange: 'flush-asid',
  withoutFlushByAsid: 'flush-all-asids',
};

/** As posted in June 2026, with the fixes that followed for the same faults in nVMX. */
export const RFC_2026_06: KvmBehaviour = {
  ...RFC_2025_02,
  l1Asid: 'per-vcpu-static',
  l2Asid: 'per-vcpu-static',
  nestedTagLife: 'until-svme-clears',
  onPcpuChange: 'flush-asid',
  withoutFlushByAsid: 'flush-all-asids',
  vmcb12AsidChange: 'flush-and-sync',
  invlpga: 'on-l2-asid',
  invlpgaPcpu: 'flush-when-l2-ran-elsewhere',
  forcedLeave: 'flush-and-sync',
  asidsShownToL1: 'as-hardware',
};

/** KVM's code for Intel: a tag for each level of a vCPU, flushed at once. */
export const VMX_VPID: KvmBehaviour = {
  ...RFC_2026_06,
  onPcpuChange: 'flush-at-load',
  guestFlush: 'at-once',
  vmcb12AsidChange: 'flush',
  forcedLeave: 'no-flush',
};

/** Xen: a new number instead of each flush, and two of them for a nested vCPU. */
export const XEN_GENERATION: KvmBehaviour = {
  ...RFC_2025_02,
  guestFlush: 'new-asid',
  vmcb12AsidChange: 'flush-and-sync',
  invlpga: 'on-l2-asid',
};
