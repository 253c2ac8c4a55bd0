/** What unknowns are called in a heading; figures and tables have the names of the parameters. */
const WORDS: Readonly<Record<string, string>> = {
  'measurement.before': 'the published rate before',
  'measurement.after': 'the published rate after',
  'workload.exitsPerSecond': 'the exit rate',
  'workload.programCyclesPerInstruction': 'the cycles per instruction of L2',
  'caches.pageTableLinesInL1d': 'the page-table lines in the first-level cache',
  'caches.pageTableLinesInL2': 'the page-table lines in the second-level cache',
  'walkCaches.nestedTlbEntries': 'the size of the nested TLB',
  'costs.flushAsidCycles': 'the cost of flushing an ASID',
  'costs.flushRequestCycles': 'the cost of serving a flush request',
  'costs.walkStartCycles': 'the cost of starting a page walk',
  'costs.invlpgCycles': 'the cost of INVLPG',
  'costs.vmloadVmsaveNanoseconds': 'the time of VMLOAD and VMSAVE',
  'costs.vmrunVmexitNanoseconds': 'the time of VMRUN and #VMEXIT',
};

/** `the exit rate` for `workload.exitsPerSecond`; the path of a parameter that has no words. */
export function unknownWords(path: string): string {
  return WORDS[path] ?? path;
}
