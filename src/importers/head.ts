import type { ByteSource } from './importer.ts';

/** The most that a format may need to see of a file in order to know it. */
export const HEAD_BYTES = 65_536;

/**
 * The first bytes of a source (at most `HEAD_BYTES`, fewer only if the file is shorter), and a source
 * that still yields everything. The given source must not be read by anybody else.
 */
export async function peekHead(
  source: ByteSource,
): Promise<{ head: Uint8Array; source: ByteSource }> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      for (const piece of first) yield piece;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), source: whole() };
}
