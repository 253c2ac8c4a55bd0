import { ExitCounter } from './profile-builder.ts';

/** What is kept of one vCPU while its events go by. */
export interface VcpuState {
  cpu: number;
  /** Known once an event has told. */
  inL2: boolean | null;
  open: { readonly reason: string; fromL2: boolean | null; reflected: boolean } | null;
  enteredL2At: number | null;
  lastL2: string | null;
}

/** Everything that is counted over a trace. */
export class TraceCounts {
  readonly exits = new ExitCounter();
  readonly vcpus = new Map<number, VcpuState>();
  readonly l2s = new Set<string>();
  kvmEvents = 0;
  functionCalls = 0;
  exitCount = 0;
  nestedRuns = 0;
  nestedExits = 0;
  reflected = 0;
  reflectedWithoutExit = 0;
  handledByL0 = 0;
  flushCurrent = 0;
  flushAll = 0;
  flushForCr4 = 0;
  invlpgas = 0;
  migrations = 0;
  l2Switches = 0;
  lost = 0;
  lostUncounted = false;
  npt = 0;
  shadow = 0;
  vendor: 'svm' | 'vmx' | null = null;
  residencies = 0;
  residencySum = 0;
  firstTime: number | null = null;
  lastTime = 0;
  /** Timestamps without a decimal point count cycles or events, not seconds. */
  hasSeconds = true;
}
