/** TLB_CONTROL of a VMCB: what VMRUN flushes on the executing pCPU (AMD APM vol. 2, 15.16). */
export const TLB_CONTROL = {
  doNothing: 0,
  /** Every entry of every ASID, the host's included. */
  flushAllAsids: 1,
  /** Every entry of this ASID, global ones included. Needs CPUID FLUSHBYASID. */
  flushAsid: 3,
  /** This ASID's non-global entries. Needs CPUID FLUSHBYASID. */
  flushAsidNonGlobal: 7,
} as const;
