/** A captured handler of L1 for a reflected exit. */
export interface HandlerChoice {
  readonly capture: string;
  readonly reflectedExit: string;
  /** False: another exit's handler stands in, because this one was never captured. */
  readonly isOwn: boolean;
}

/** What decides which captured window resembles the user's host most. */
export interface Likeness {
  readonly l1: 'npt' | 'shadow';
  readonly l2Cr4Pge: 'same' | 'differs';
  /** What L2's reflected page faults are of: memory that L1 maps then, or a device that L1 emulates. */
  readonly reflectedFaults: 'memory' | 'device';
}

/** VMX names of exits that AMD's captures have under another name. */
const SVM_NAME: Readonly<Record<string, string>> = {
  EXTERNAL_INTERRUPT: 'INTR',
  PREEMPTION_TIMER: 'INTR',
  INTERRUPT_WINDOW: 'VINTR',
  PENDING_INTERRUPT: 'VINTR',
  EPT_VIOLATION: 'NPF',
  EPT_MISCONFIG: 'IOIO',
  IO_INSTRUCTION: 'IOIO',
  MSR_READ: 'MSR',
  MSR_WRITE: 'MSR',
  CR_ACCESS: 'WR_CR3',
  EXCEPTION_NMI: '#PF',
};

export function svmNameOf(reason: string): string {
  return SVM_NAME[reason] ?? reason;
}

/** The captured handler of a reflected exit, or the one that comes nearest. */
export function handlerFor(written: string, likeness: Likeness): HandlerChoice {
  const reason = svmNameOf(written);
  const isOwn = reason === written;
  const own = (capture: string, reflectedExit: string): HandlerChoice => ({
    capture,
    reflectedExit,
    isOwn,
  });
  const other = (capture: string, reflectedExit: string): HandlerChoice => ({
    capture,
    reflectedExit,
    isOwn: false,
  });
  const flat = likeness.l2Cr4Pge === 'differs' ? 'plug-a' : 'plug-c';
  if (reason === 'INTR') return own('l2linux-b.fork', 'INTR');
  if (likeness.l1 === 'shadow') {
    if (reason === 'CPUID') return own('plug-b.l1shadow-cpuid', 'CPUID');
    if (reason === '#PF') return own('plug-b.l1shadow-npf32', '#PF');
    if (['INVLPG', 'WR_CR3', 'RD_CR3'].includes(reason)) {
      return other('plug-b.l1shadow-ptechurn64', '#PF');
    }
    if (reason === 'IOIO') return other(`${flat}.pio`, 'IOIO');
    return other('plug-b.l1shadow-cpuid', 'CPUID');
  }
  if (reason === 'CPUID') return own(`${flat}.cpuid`, 'CPUID');
  if (reason === 'IOIO') return own(`${flat}.pio`, 'IOIO');
  if (reason === 'NPF') {
    // A device access is emulated in L1's user space, as a port write is.
    if (likeness.reflectedFaults === 'device') return other(`${flat}.pio`, 'IOIO');
    return own(`${flat}.npf32`, 'NPF');
  }
  return other(`${flat}.cpuid`, 'CPUID');
}

/** A captured step of L0 for an exit that it handles without L1. */
export interface L0Choice {
  readonly capture: string;
  readonly exit: string;
  readonly isOwn: boolean;
}

const L0_OF_L1: Readonly<Record<string, string>> = {
  MSR: 'plug-c.cpuid',
  VMLOAD: 'novls.cpuid',
  VMSAVE: 'novls.cpuid',
  STGI: 'novls.cpuid',
  CLGI: 'novls.cpuid',
  INTR: 'plug-c.pio',
  VINTR: 'l2linux-b.fork',
  IOIO: 'l2linux-b.fork',
  CPUID: 'l0flat.cpuid',
  NPF: 'l0flat.npf32',
};
const L0_OF_L2: Readonly<Record<string, string>> = {
  NPF: 'plug-c.npf32',
  INTR: 'plug-a.cpuid-wss64',
};

/** What L0 was captured doing at such an exit, or at the one that comes nearest. */
export function l0StepFor(written: string, from: 'L1' | 'L2'): L0Choice {
  const exit = svmNameOf(written);
  const table = from === 'L1' ? L0_OF_L1 : L0_OF_L2;
  const capture = table[exit];
  if (capture !== undefined) return { capture, exit, isOwn: exit === written };
  // RDMSR is the shortest handler of L0: nearly all exits that it handles by itself cost as much.
  if (from === 'L1') return { capture: 'plug-c.cpuid', exit: 'MSR', isOwn: false };
  return { capture: 'plug-a.cpuid-wss64', exit: 'INTR', isOwn: false };
}
