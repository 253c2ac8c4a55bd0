import type { ByteSource, ImportedTrace, Importer } from '../importers/importer.ts';
import { openTraceOutput, type WrittenTrace } from './trace-file.ts';

/** An address trace that became a page trace with its suite. */
export interface ImportedTraceFile {
  readonly imported: ImportedTrace;
  readonly written: WrittenTrace;
}

/**
 * Reads an address trace of any length in constant memory and writes it as a page trace to `out`,
 * with a suite beside it. Nothing is left behind where that fails: throws `UserError`.
 */
export async function importAddressTrace(
  importer: Importer,
  source: ByteSource,
  name: string,
  out: string,
): Promise<ImportedTraceFile> {
  const output = openTraceOutput(out);
  try {
    const imported = await importer.import(source, {
      name,
      tscGhz: null,
      pageSwitches: output.sink,
    });
    if (imported.kind !== 'trace') throw new Error(`${importer.id} is no format of traces`);
    const { instructions, report } = imported;
    const written = await output.finish({ source: imported.format, instructions }, report);
    return { imported, written };
  } catch (error) {
    output.abandon();
    throw error;
  }
}
