import { decompressed, type ExternalDecoder } from './decompress-stream.ts';
import { closeSource, peekHead } from './head.ts';
import type { ByteSource, ImportContext, Imported } from './importer.ts';
import { findImporter, unknownFormat } from './registry.ts';

/**
 * Reads one file of whatever known format, compressed or not. Throws `UserError('input')` for a file
 * that no importer knows, or that its importer can't understand to the end.
 */
export async function importFile(
  raw: ByteSource,
  context: ImportContext,
  external: ExternalDecoder,
): Promise<Imported> {
  const isKnown = (head: Uint8Array): boolean => findImporter(head) !== undefined;
  const plain = await decompressed(raw, context.name, external, isKnown);
  try {
    const { head, source } = await peekHead(plain);
    const importer = findImporter(head);
    if (importer === undefined) throw unknownFormat(context.name, head);
    return await importer.import(source, context);
  } finally {
    // A program that decompresses would wait for ever for somebody to read on.
    await closeSource(plain);
  }
}
