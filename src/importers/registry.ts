import { UserError } from '../util/user-error.ts';
import { bpftraceImporter } from './bpftrace.ts';
import { counterSnapshotImporter } from './counter-snapshot.ts';
import type { Importer } from './importer.ts';
import { kvmStatImporter } from './kvm-stat.ts';
import { kvmTraceImporter } from './kvm-trace.ts';
import { perfKvmReportImporter } from './perf-kvm-report.ts';
import { perfStatImporter } from './perf-stat.ts';
import { TRACE_IMPORTERS } from './traces/formats.ts';
import { unreadableKind } from './unreadable-kinds.ts';

/** Every format, in the order in which equally sure ones are preferred. */
export const IMPORTERS: readonly Importer[] = [
  kvmTraceImporter,
  perfKvmReportImporter,
  kvmStatImporter,
  perfStatImporter,
  counterSnapshotImporter,
  bpftraceImporter,
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

/** The error for a file that no importer knows: what it is and what to record instead, if that is known. */
export function unknownFormat(name: string, head: Uint8Array): UserError {
  const known = unreadableKind(head);
  if (known !== null) return new UserError('input', name, known.cause, known.cure);
  const isText = !head.subarray(0, 512).includes(0);
  const what = isText ? 'text' : 'binary data';
  const formats = IMPORTERS.map((importer) => importer.reads).join('; ');
  return new UserError(
    'input',
    name,
    `this is ${what} of no known format`,
    `Known are: ${formats}`,
  );
}
