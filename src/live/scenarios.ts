/** A scenario whose assumptions can be changed one by one: on the page of a report, and by `answer`. */
export interface LiveScenario {
  /** Id of a suite, or of a sweep whose first point is the start. */
  readonly id: string;
  /** Below the folder of suites. */
  readonly file: string;
  readonly label: string;
  /** Exits per second as the suite of a recorded program has them. */
  readonly rate?: number;
}

/** In the order in which they are offered. */
export const LIVE_SCENARIOS: readonly LiveScenario[] = [
  headline('cpuid-npt-npt', 'CPUID exit; L0 and L1 with nested paging'),
  headline('pio-npt-npt', "Port write that L1's user space handles; nested paging"),
  headline('npf-npt-npt', 'Nested page fault; nested paging'),
  headline('cpuid-linux-l2', 'CPUID exit of a Linux L2; nested paging'),
  headline('cpuid-npt-shadow', 'CPUID exit; L1 with shadow paging'),
  headline('cpuid-shadow-shadow', 'CPUID exit; L0 and L1 with shadow paging'),
  headline('cpuid-pge-differs', 'CPUID exit; CR4.PGE of L1 and L2 differ'),
  headline('ptechurn-npt-npt', 'L2 that flushes pages of its own; nested paging'),
  exit('msr-npt-npt', 'MSR write; nested paging'),
  exit('hlt-npt-npt', 'HLT: L2 goes idle; nested paging'),
  recorded('kv-redis-l2', 'Redis in L2, recorded', 40_000),
  recorded('db-sqlite-l2', 'SQLite in L2, recorded', 12_000),
  recorded('kbuild-cc1-l2', 'A C compiler in L2, recorded', 1500),
  recorded('compute-zstd-l2', 'zstd in L2, recorded', 1100),
  {
    id: 'rate-sweep',
    file: 'sweeps/rate-sweep.yaml',
    label: 'A program in L2, with an exit rate and a working set of your choice',
  },
];

function headline(id: string, label: string): LiveScenario {
  return { id, file: `headline/${id}.yaml`, label };
}

function exit(id: string, label: string): LiveScenario {
  return { id, file: `sensitivity/${id}.yaml`, label };
}

function recorded(id: string, label: string, rate: number): LiveScenario {
  return { ...headline(id, label), rate };
}
