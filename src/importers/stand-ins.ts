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
  if (reason === 'INTR') return own('l2linux-b.fork', 'INTR');
  if (likeness.l1 === 'shadow') {
    if (reason === 'CPUID') return own('stock/npt-shadow.cpuid', 'CPUID');
    if (reason === 'MSR') return own('stock-exits/npt-shadow.msr', 'MSR');
    if (reason === 'HLT') return own('stock-exits/npt-shadow.hlt', 'HLT');
    if (reason === '#PF') return own('stock/npt-shadow.npf32', '#PF');
    if (['INVLPG', 'WR_CR3', 'RD_CR3'].includes(reason)) {
      return other('stock-exits/npt-shadow.ptechurn64', '#PF');
    }
    if (reason === 'IOIO') return own('stock/npt-shadow.pio', 'IOIO');
    return other('stock/npt-shadow.cpuid', 'CPUID');
  }
  const differs = likeness.l2Cr4Pge === 'differs';
  const window = (name: string): string =>
    differs ? `stock-pge/npt-npt.${name}-nopge` : `stock/npt-npt.${name}`;
  if (reason === 'CPUID') return own(window('cpuid'), 'CPUID');
  if (reason === 'IOIO') return own(window('pio'), 'IOIO');
  if (reason === 'MSR' && !differs) return own('stock-exits/npt-npt.msr', 'MSR');
  if (reason === 'HLT' && !differs) return own('stock-exits/npt-npt.hlt', 'HLT');
  if (reason === 'NPF') {
    // A device access is emulated in L1's user space, as a port write is.
    if (likeness.reflectedFaults === 'device') return other(window('pio'), 'IOIO');
    return own(window('npf32'), 'NPF');
  }
  return other(window('cpuid'), 'CPUID');
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
