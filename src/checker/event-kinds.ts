/**
 * The alphabet: what can happen next in a world. `operands` are what the event names besides its
 * vCPU, VM or pCPU; `exits` marks instructions that L0 intercepts, whose handler can be preempted.
 */
export const EVENTS = {
  load: { actor: 'vcpu', operands: ['pcpu'], what: 'the scheduler puts the vCPU on a pCPU' },
  enter: { actor: 'vcpu', operands: [], what: 'L0 serves what is pending and executes VMRUN' },
  serve: { actor: 'vcpu', operands: [], what: 'L0 serves one request, and is preempted' },
  cancel: { actor: 'vcpu', operands: [], what: 'L0 serves all, and gives the entry up (a signal)' },
  'vmrun-refused': {
    actor: 'vcpu',
    operands: [],
    what: 'L0 serves all and executes a VMRUN that the CPU refuses; an L2 leaves to L1',
  },
  exit: { actor: 'vcpu', operands: [], what: 'an exit that L0 handles alone' },
  handle: { actor: 'vcpu', operands: [], what: 'L0 runs the handler of an exit made earlier' },
  touch: { actor: 'vcpu', operands: ['page'], what: 'the running level accesses the page' },
  'changes-pte': { actor: 'vcpu', operands: ['page'], what: 'the running level changes its PTE' },
  'changes-l2-pte': {
    actor: 'vcpu',
    operands: ['page', 'asid'],
    what: "L1 changes the table that L2 runs on (L2's own, or L1's shadow of it)",
  },
  'changes-npt12': {
    actor: 'vcpu',
    operands: ['page', 'npt12'],
    what: "L1 changes L2's nested page table",
  },
  invlpg: { actor: 'vcpu', operands: ['page'], what: 'INVLPG by the running level' },
  'mov-cr3': { actor: 'vcpu', operands: [], what: 'MOV CR3 by the running level, flushing' },
  invlpga: { actor: 'vcpu', operands: ['page', 'asid'], what: 'INVLPGA by L1' },
  'emulated-flush': {
    actor: 'vcpu',
    operands: [],
    what: 'a flush by the running level that L0 emulates (INVPCID, type 2)',
  },
  vmrun: { actor: 'vcpu', operands: ['asid', 'tlb', 'npt12'], what: 'VMRUN by L1' },
  'vmrun-fails-early': { actor: 'vcpu', operands: ['asid'], what: 'VMRUN by L1 with a bad vmcb12' },
  'vmrun-fails-late': {
    actor: 'vcpu',
    operands: ['asid', 'tlb', 'npt12'],
    what: 'VMRUN by L1 that L0 undoes after the switch',
  },
  rsm: {
    actor: 'vcpu',
    operands: ['asid'],
    what: 'L0 emulates a flush by L1 and enters L2 in the same exit, as RSM out of SMM does',
  },
  'reflected-exit': { actor: 'vcpu', operands: [], what: 'an exit of L2 that L0 hands to L1' },
  'interrupt-to-l1': {
    actor: 'vcpu',
    operands: [],
    what: 'before L0 serves requests, an interrupt for L1 makes a nested #VMEXIT',
  },
  'forced-leave': { actor: 'vcpu', operands: [], what: 'userspace takes the vCPU out of L2' },
  'set-nested-state': {
    actor: 'vcpu',
    operands: ['asid'],
    what: 'userspace puts the vCPU into an L2 that has run (KVM_SET_NESTED_STATE)',
  },
  'svme-off': { actor: 'vcpu', operands: [], what: 'L1 clears EFER.SVME' },
  'svme-on': { actor: 'vcpu', operands: [], what: 'L1 sets EFER.SVME' },
  'off-and-on': {
    actor: 'pcpu',
    operands: [],
    what: 'the pCPU is taken off line and comes back; whoever was there is moved away',
  },
  'host-unmaps': { actor: 'vm', operands: ['page'], what: 'the host takes the page back' },
  'memslot-deleted': { actor: 'vm', operands: [], what: 'a memslot goes: every root is obsolete' },
  'vm-dying': { actor: 'vm', operands: [], what: 'the end of the VM begins; its vCPUs still run' },
  'vm-dies': { actor: 'vm', operands: [], what: 'the VM is destroyed' },
  'vm-created': { actor: 'vm', operands: [], what: 'another VM is created' },
  'pv-flush': {
    actor: 'vcpu',
    operands: [],
    what: "another vCPU leaves a flush of L1 in the preempted vCPU's steal-time record",
  },
  'hv-flush-l1': {
    actor: 'vcpu',
    operands: ['page'],
    what: "a Hyper-V flush of L1's page on the vCPU",
  },
  'hv-flush-l2': {
    actor: 'vcpu',
    operands: ['page'],
    what: "a Hyper-V flush of L2's page on the vCPU",
  },
} as const;

/** First letters of an actor's name in a transcript. */
export const ACTOR_LETTERS = { vcpu: 'v', vm: 'vm', pcpu: 'p' } as const;

export type CheckerEventKind = keyof typeof EVENTS;
export const EVENT_KINDS = Object.keys(EVENTS) as readonly CheckerEventKind[];

/** Instructions that exit and whose handler is a moment of its own. */
export const SPLITTABLE: readonly CheckerEventKind[] = [
  'invlpga',
  'vmrun',
  'vmrun-fails-late',
  'reflected-exit',
  'emulated-flush',
  'rsm',
  'invlpg',
  'mov-cr3',
];
