import type { KvmBehaviour } from './behaviour.ts';

/** CPUID 8000_000A EBX as L1 reads it: how many ASIDs it believes to have, its own 0 included. */
export function asidsShownTo({ asidsShownToL1 }: KvmBehaviour, hardwareCount: number): number {
  switch (asidsShownToL1) {
    case 'eight':
      return 8;
    case 'sixteen':
      return 16;
    case 'as-hardware':
      return hardwareCount;
    default:
      return asidsShownToL1 satisfies never;
  }
}
