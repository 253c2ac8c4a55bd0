import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { peakResidentBytes } from '../peak-memory.ts';

/** Loaded before the program (`--import`): at its end it writes what the whole process took. */
const file = process.env.ASIDBENCH_USAGE_FILE;
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage = {
      wallSeconds: performance.now() / 1000,
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      peakMegabytes: peakResidentBytes() / 1024 / 1024,
    };
    writeFileSync(file, JSON.stringify(usage));
  });
}
