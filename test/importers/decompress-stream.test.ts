import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressionOf, decompressed } from '../../src/importers/decompress-stream.ts';
import { collected, sourceOf } from './sources.ts';

const TEXT = Buffer.from('known: a line of a log\n'.repeat(20_000));
const isKnown = (head: Uint8Array): boolean =>
  Buffer.from(head).toString('latin1').startsWith('known:');

async function read(bytes: Uint8Array, ratio = 20_000): Promise<string> {
  const limits = { ratio, bytes: 1e9 };
  const noProgram = (): null => null;
  const source = await decompressed(sourceOf(bytes), 'my.log', noProgram, isKnown, limits);
  return (await collected(source)).toString('latin1');
}

test('plain, gzip and brotli give the same bytes, told apart by content', async () => {
  const text = TEXT.toString('latin1');
  expect((await read(TEXT)) === text).toBe(true);
  expect((await read(gzipSync(TEXT))) === text).toBe(true);
  expect((await read(brotliCompressSync(TEXT))) === text).toBe(true);
});

test('what is neither known nor brotli is passed on as it is', async () => {
  expect(await read(Buffer.from('some other text\n'))).toBe('some other text\n');
});

test('magic numbers', () => {
  expect(compressionOf(Buffer.from('28b52ffd00', 'hex'))).toBe('zstd');
  expect(compressionOf(Buffer.from('fd377a585a00', 'hex'))).toBe('xz');
  expect(compressionOf(Buffer.from('7b22', 'hex'))).toBe(null);
});

test('torn and damaged data is an error with the offset that was reached', async () => {
  const packed = gzipSync(TEXT);
  const torn = packed.subarray(0, packed.length - 20);
  await expect(read(torn)).rejects.toThrow(
    /^my\.log, byte offset \d+ .*: the gzip data ends too early/,
  );
  const damaged = Buffer.from(packed);
  damaged.fill(0xff, 30, 60);
  await expect(read(damaged)).rejects.toThrow('the gzip data is damaged');
});

test('an empty file is an error', async () => {
  await expect(read(Buffer.alloc(0))).rejects.toThrow('my.log: the file is empty');
});

test('without a decoder the sentence says what to install', async () => {
  const xz = Buffer.from('fd377a585a000004', 'hex');
  await expect(read(xz)).rejects.toThrow(/the program xz is not installed\. Install xz/);
});

test('data that swells beyond all reason is refused', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.from('known:'), Buffer.alloc(2_000_000)]));
  await expect(read(bomb, 10)).rejects.toThrow('the gzip data swells beyond 10 times its size');
});
