import { createReadStream } from 'node:fs';
import { importAddressTrace } from '../../src/cli/import-address-trace.ts';
import { decompressed } from '../../src/importers/decompress-stream.ts';
import { peekHead } from '../../src/importers/head.ts';
import { findImporter } from '../../src/importers/registry.ts';

/**
 * `import-child.js FILE OUT`: imports an address trace as the command line does, and prints what the
 * whole process took, as JSON.
 */
const [path = '', out = ''] = process.argv.slice(2);
const raw = createReadStream(path, { highWaterMark: 4_194_304 });
const isKnown = (head: Uint8Array): boolean => findImporter(head) !== undefined;
const whole = await decompressed(raw, path, () => null, isKnown);
const { head, source } = await peekHead(whole);
const importer = findImporter(head);
if (importer === undefined) throw new Error(`${path}: no importer knows it`);
const { imported, written } = await importAddressTrace(importer, source, path, out);
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const result = {
  format: imported.format,
  accesses: imported.instructions + imported.dataAccesses,
  records: written.records,
  pages: written.pages,
  traceBytes: written.traceBytes,
  wallSeconds: performance.now() / 1000,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
  peakMegabytes: maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
