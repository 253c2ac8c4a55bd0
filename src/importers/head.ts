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
  let given = 0;
  // No generator: closing one that was never read would not close what it reads from.
  const whole: AsyncIterator<Uint8Array> = {
    next: async () => {
      const piece = first[given];
      if (piece === undefined) return iterator.next();
      given += 1;
      return { done: false, value: piece };
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
  return {
    head: Buffer.concat(first).subarray(0, HEAD_BYTES),
    source: { [Symbol.asyncIterator]: () => whole },
  };
}

/** Lets go of what a source holds, such as a file or a program, whether it was read or not. */
export async function closeSource(source: ByteSource): Promise<void> {
  await source[Symbol.asyncIterator]().return?.();
}
