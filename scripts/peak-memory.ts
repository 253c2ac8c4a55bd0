import { readFileSync } from 'node:fs';

/**
 * The most memory, in bytes, that this process ever had resident.
 *
 * On Linux `getrusage` counts from before the program was loaded: a child of a big process starts at
 * the size of its parent (`setmax_mm_hiwater_rss` in the kernel's `exec_mmap`). VmHWM belongs to the
 * address space, and so to this program alone.
 */
export function peakResidentBytes(): number {
  const ofProgram = process.platform === 'linux' ? vmHighWaterMarkKilobytes() : undefined;
  return (ofProgram ?? process.resourceUsage().maxRSS) * 1024;
}

function vmHighWaterMarkKilobytes(): number | undefined {
  const found = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return found === null ? undefined : Number(found[1]);
}
