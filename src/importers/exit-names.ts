import { exitCodeOf, exitName } from '../inputs/exit-codes.ts';
import { UserError } from '../util/user-error.ts';
import { isVmxExit, vmxExitName } from './vmx-exits.ts';

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
  buslock: 'BUS_LOCK',
  'idle-halt': 'IDLE_HLT',
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
  const trap = /^write_(cr\d+)_trap$/.exec(lower);
  if (trap !== null) return `${trap[1]!.toUpperCase()}_WRITE_TRAP`;
  // KVM prints the number of an exit that it has no name for.
  if (/^0x[0-9a-f]+$/.test(lower)) return lower;
  const own = name.toUpperCase().replace(/[^A-Z0-9_#]+/g, '_');
  return SVM_NAMES[lower] ?? (own.replace(/^_+|_+$/g, '') || 'UNKNOWN');
}

/** Which extension has an exit of this name; null for names of both, such as CPUID, and of none. */
export function vendorOf(reason: string): 'svm' | 'vmx' | null {
  const isSvm = exitCodeOf(reason) !== undefined;
  if (isSvm === isVmxExit(reason)) return null;
  return isSvm ? 'svm' : 'vmx';
}

/** SVM's INTR, HLT and NPF and all its other usual exits are numbered from here on, VMX's below. */
const FIRST_SVM_ONLY = 0x60;
/** Above the basic reason VMX has flags, of which the highest says that the entry failed. */
const BASIC_REASONS = 65_536;
const ALL_32_BITS = 4_294_967_296;

/** The name of an exit by the number that a CPU of this kind gives it. */
export function exitNameByCode(code: number, vendor: 'svm' | 'vmx'): string {
  if (vendor === 'vmx') return vmxExitName(code % BASIC_REASONS) ?? `0x${code.toString(16)}`;
  // VMEXIT_INVALID is -1, in as many bits as it was stored in.
  return exitName(code >= ALL_32_BITS - BASIC_REASONS ? code - ALL_32_BITS : code);
}

/** Whose numbers these are: those of SVM go beyond all of VMX's in any recording. */
export function vendorOfCodes(codes: Iterable<number>): 'svm' | 'vmx' {
  const isSvms = (code: number): boolean => {
    const basic = code % BASIC_REASONS;
    return code < 0 || (basic >= FIRST_SVM_ONLY && (code < BASIC_REASONS || basic > 0xfff0));
  };
  return [...codes].some(isSvms) ? 'svm' : 'vmx';
}

/** Says no name of any architecture. */
const NAMELESS = /^(?:UNKNOWN|0X?[0-9A-F]*|\d)/i;
const SHOWN_REASONS = 3;

/**
 * Throws `UserError` where not one exit has a reason of x86: the same tables are printed for hosts of
 * other architectures. `reasons` are named as `exitReason` does.
 */
export function refuseForeignReasons(reasons: Iterable<string>, name: string): void {
  const named = [...reasons].filter((reason) => !NAMELESS.test(reason));
  const isOfX86 = (reason: string): boolean =>
    exitCodeOf(reason) !== undefined || isVmxExit(reason) || reason.startsWith('EXCP');
  if (named.length === 0 || named.some(isOfX86)) return;
  const shown = named.slice(0, SHOWN_REASONS).map((reason) => reason.slice(0, 40));
  const more = named.length > SHOWN_REASONS ? ', …' : '';
  const cause = `no exit here has a reason of x86 (${shown.join(', ')}${more}): this is a host of another architecture`;
  throw new UserError('input', name, cause, 'Give data of a host with AMD or Intel processors');
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
