/** What every event has. Hexadecimal texts are lower case without 0x. */
interface EventBase {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Instructions executed so far by all pCPUs and levels together; only differences matter. */
  readonly instructionClock: number;
  /** Always 0 in logs without a pCPU column, which come from machines with one pCPU. */
  readonly pcpu: number;
}

/** A completed VMRUN: what the CPU read from the VMCB. */
export interface VmrunEvent extends EventBase {
  readonly kind: 'vmrun';
  /** System-physical address of the VMCB. */
  readonly vmcb: string;
  readonly asid: number;
  /** TLB_CONTROL: 0 nothing, 1 all entries, 3 this ASID, 7 this ASID's non-global entries. */
  readonly tlbControl: number;
  /** VMCB clean bits, as stored (bit 31 is what KVM leaves there). */
  readonly clean: string;
  readonly ncr3: string;
  readonly cr3: string;
  readonly rip: string;
  /** V_INTR control word; null in logs with a pCPU column. */
  readonly interruptControl: string | null;
  /** Virtualisation extensions word (LBR, VMLOAD/VMSAVE); null in logs with a pCPU column. */
  readonly virtualExtensions: string | null;
  /** EVENTINJ; '0' if nothing is injected. */
  readonly eventInjection: string;
}

/** A #VMEXIT: what the CPU stored in the VMCB, and the guest's registers. */
export interface VmexitEvent extends EventBase {
  readonly kind: 'vmexit';
  readonly vmcb: string;
  /** EXITCODE; -1 for VMEXIT_INVALID. Names are in exit-codes.ts. */
  readonly code: number;
  readonly info1: string;
  readonly info2: string;
  readonly rip: string;
  readonly cr3: string;
  readonly cpl: number;
  readonly ecx: string;
  readonly eax: string;
}

/** INVLPG as executed. */
export interface InvlpgEvent extends EventBase {
  readonly kind: 'invlpg';
  /** True if a guest executed it, false if L0 did. */
  readonly guestMode: boolean;
  readonly address: string;
  readonly cr3: string;
}

/** INVLPGA as executed (not intercepted), so in practice by L0. */
export interface InvlpgaEvent extends EventBase {
  readonly kind: 'invlpga';
  readonly guestMode: boolean;
  readonly asid: number;
  readonly address: string;
}

/** MOV to CR0, CR3 or CR4 as executed. */
export interface ControlRegisterWriteEvent extends EventBase {
  readonly kind: 'controlRegisterWrite';
  readonly register: 'cr0' | 'cr3' | 'cr4';
  readonly guestMode: boolean;
  readonly before: string;
  readonly after: string;
}

/** A magic NOP: 1 begins a window, 2 ends it, 3 is one iteration of the loop in L2. */
export interface MarkEvent extends EventBase {
  readonly kind: 'mark';
  readonly number: number;
  /** Null where the log does not say. */
  readonly guestMode: boolean | null;
  /** The VMCB that was running; null where the log does not say. */
  readonly vmcb: string | null;
}

/** The VMCB that an intercepted VMRUN named; follows the #VMEXIT with code 0x80. */
export interface Vmcb12Event extends EventBase {
  readonly kind: 'vmcb12';
  /** The VMCB that was running: vmcb01 if L1 executed the VMRUN. */
  readonly by: string;
  /** rAX: address of the named VMCB in the executor's memory. */
  readonly gpa: string;
  /** The same in system-physical memory. */
  readonly physicalAddress: string;
  readonly asid: number;
  readonly tlbControl: number;
  /** Nested paging enabled in the named VMCB. */
  readonly np: boolean;
  readonly ncr3: string;
  readonly cr3: string;
  readonly cr4: string;
  readonly cr0: string;
  readonly efer: string;
  readonly clean: string;
  readonly rip: string;
  readonly eventInjection: string;
  /** EXITCODE that the named VMCB still holds from its previous run; 0 in a new one. */
  readonly previousExitCode: number;
}

/** An intercepted INVLPGA: its operands. */
export interface Invlpga12Event extends EventBase {
  readonly kind: 'invlpga12';
  readonly by: string;
  readonly address: string;
  readonly asid: number;
}

/** Entry of a KVM function. */
export interface FunctionEntryEvent extends EventBase {
  readonly kind: 'functionEntry';
  readonly name: string;
  /** The VMCB of the guest that executed it; null if L0 did. */
  readonly vmcb: string | null;
}

export type CpuEvent =
  | VmrunEvent
  | VmexitEvent
  | InvlpgEvent
  | InvlpgaEvent
  | ControlRegisterWriteEvent
  | MarkEvent
  | Vmcb12Event
  | Invlpga12Event
  | FunctionEntryEvent;
