import { UserError } from '../util/user-error.ts';
import { counterSnapshotImporter } from './counter-snapshot.ts';
import type { Importer } from './importer.ts';
import { kvmStatImporter } from './kvm-stat.ts';
import { kvmTraceImporter } from './kvm-trace.ts';
import { perfKvmReportImporter } from './perf-kvm-report.ts';
import { perfStatImporter } from './perf-stat.ts';
import { TRACE_IMPORTERS } from './traces/formats.ts';

/** Every format, in the order in which equally sure ones are preferred. */
export const IMPORTERS: readonly Importer[] = [
  kvmTraceImporter,
  perfKvmReportImporter,
  kvmStatImporter,
  perfStatImporter,
  counterSnapshotImporter,
  ...TRACE_IMPORTERS,
];

/** The importer that knows a file by its first bytes, or undefined. */
export function findImporter(
  head: Uint8Array,
  importers: readonly Importer[] = IMPORTERS,
): Importer | undefined {
  const found = importers.map((importer) => ({ importer, detection: importer.detect(head) }));
  const certain = found.find(({ detection }) => detection?.confidence === 'certain');
  return (certain ?? found.find(({ detection }) => detection !== null))?.importer;
}

/** The error for a file that no importer knows. */
export function unknownFormat(name: string, head: Uint8Array): UserError {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isUtf16) return new UserError('input', name, 'this is UTF-16 text', 'Save it as UTF-8');
  const isText = !head.subarray(0, 512).includes(0);
  const what = isText ? 'text' : 'binary data';
  const known = IMPORTERS.map((importer) => importer.reads).join('; ');
  return new UserError('input', name, `this is ${what} of no known format`, `Known are: ${known}`);
}
