import { exitCodeOf } from '../inputs/exit-codes.ts';

/** Names of SVM's exits in KVM's tracepoints that differ from ours by more than case. */
const SVM_NAMES: Readonly<Record<string, string>> = {
  interrupt: 'INTR',
  intr: 'INTR',
  io: 'IOIO',
  hypercall: 'VMMCALL',
  read_idtr: 'IDTR_READ',
  read_gdtr: 'GDTR_READ',
  read_ldtr: 'LDTR_READ',
  read_rt: 'TR_READ',
  write_idtr: 'IDTR_WRITE',
  write_gdtr: 'GDTR_WRITE',
  write_ldtr: 'LDTR_WRITE',
  write_rt: 'TR_WRITE',
  avic_unaccelerated_access: 'AVIC_NOACCEL',
  invalid_guest_state: 'INVALID',
  err: 'INVALID',
};

/**
 * An exit's name as `inputs/exit-codes.ts` has it, from the names of KVM's tracepoints (`npf`,
 * `read_cr3`, `PF excp`), of trace-cmd (`EXIT_NPF`) and of perf. VMX's own names, such as
 * EPT_VIOLATION, stay as they are.
 */
export function exitReason(written: string): string {
  const name = written.trim().replace(/^EXIT_/, '');
  const exception = /^([A-Z]{2}) excp$/.exec(name) ?? /^EXCP_([A-Z]{2})$/.exec(name);
  if (exception !== null) return `#${exception[1]}`;
  const lower = name.toLowerCase();
  const register = /^(read|write)_([cd]r)(\d+)$/.exec(lower);
  if (register !== null) {
    const direction = register[1] === 'read' ? 'RD' : 'WR';
    return `${direction}_${register[2]!.toUpperCase()}${register[3]}`;
  }
  return SVM_NAMES[lower] ?? name.toUpperCase().replace(/[^A-Z0-9_#]+/g, '_');
}

/** Reasons that only VMX has, in capitals in KVM's tables. */
const VMX_ONLY =
  /^(EXTERNAL_INTERRUPT|EXCEPTION_NMI|EPT_|VM[A-Z]+$|PREEMPTION_TIMER|MSR_(READ|WRITE)|IO_INSTRUCTION|CR_ACCESS|DR_ACCESS|INTERRUPT_WINDOW|PENDING_INTERRUPT|INVEPT|INVVPID|APIC_|TPR_|PML_|NMI_WINDOW)/;
const SVM_VM_NAMES = ['VMRUN', 'VMMCALL', 'VMLOAD', 'VMSAVE', 'VMGEXIT'];

/** Which extension has an exit of this name; null for names of both, such as CPUID. */
export function vendorOf(reason: string): 'svm' | 'vmx' | null {
  if (SVM_VM_NAMES.includes(reason)) return 'svm';
  if (VMX_ONLY.test(reason)) return 'vmx';
  if (['CPUID', 'HLT', 'INVLPG', 'RDPMC', 'RDTSC', 'WBINVD', 'XSETBV', 'PAUSE'].includes(reason)) {
    return null;
  }
  return exitCodeOf(reason) === undefined ? null : 'svm';
}

/** Instructions of L1 that only a hypervisor executes: their exits are L1's, never L2's. */
const L1_ONLY = new Set([
  'VMRUN',
  'VMLOAD',
  'VMSAVE',
  'STGI',
  'CLGI',
  'SKINIT',
  'INVLPGA',
  'VMRESUME',
  'VMLAUNCH',
  'VMREAD',
  'VMWRITE',
  'VMPTRLD',
  'VMPTRST',
  'VMCLEAR',
  'VMON',
  'VMOFF',
  'INVEPT',
  'INVVPID',
]);

export function isHypervisorInstruction(reason: string): boolean {
  return L1_ONLY.has(reason);
}

/** The instruction with which L1 enters L2. */
export function isNestedEntry(reason: string): boolean {
  return reason === 'VMRUN' || reason === 'VMRESUME' || reason === 'VMLAUNCH';
}
