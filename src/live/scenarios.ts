/** A scenario whose assumptions can be changed one by one: on the page of a report, and by `answer`. */
export interface LiveScenario {
  /** Id of a suite, or of a sweep whose first point is the start. */
  readonly id: string;
  /** Below the folder of suites. */
  readonly file: string;
  readonly label: string;
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
  {
    id: 'rate-sweep',
    file: 'sweeps/rate-sweep.yaml',
    label: 'A program in L2, with an exit rate and a working set of your choice',
  },
];

function headline(id: string, label: string): LiveScenario {
  return { id, file: `headline/${id}.yaml`, label };
}
