import type { ByteSource, ImportContext } from '../../src/importers/importer.ts';

/** A source that yields `bytes` in pieces of `pieceBytes`. */
export async function* sourceOf(
  bytes: Uint8Array | string,
  pieceBytes = 4096,
): AsyncGenerator<Uint8Array> {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < all.length; at += pieceBytes) yield all.subarray(at, at + pieceBytes);
}

export async function collected(source: ByteSource): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A context whose page switches nobody wants. */
export function contextOf(name: string, tscGhz: number | null = null): ImportContext {
  return { name, tscGhz, pageSwitches: { record: () => {} } };
}
