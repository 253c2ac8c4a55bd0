import { importFiles } from '../../src/cli/host-files/import-files.ts';
import { peakResidentBytes } from '../peak-memory.ts';

/**
 * `import-child.js FILE OUT`: imports an address trace as the command line does, and prints what the
 * whole process took, as JSON.
 */
const [path = '', out = ''] = process.argv.slice(2);
const [trace] = (await importFiles([path], {}, () => out)).traces;
if (trace === undefined) throw new Error(`${path} is no address trace`);
const { imported, written } = trace;
const { userCPUTime, systemCPUTime } = process.resourceUsage();
const result = {
  format: imported.format,
  accesses: imported.instructions + imported.dataAccesses,
  records: written.records,
  pages: written.pages,
  traceBytes: written.traceBytes,
  wallSeconds: performance.now() / 1000,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
  peakMegabytes: peakResidentBytes() / 1024 / 1024,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
