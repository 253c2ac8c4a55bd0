import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress } from '../../src/inputs/decompress.ts';
import { PROPERTY_SEED, userErrorOf } from './helpers.ts';

const CONTENT = new TextEncoder().encode('one line\n'.repeat(200));

describe('decompress', () => {
  test('gives back the content of gzip, whatever the name of the file', () => {
    for (const path of ['log.gz', 'log', 'log.br']) {
      expect(Buffer.from(decompress(gzipSync(CONTENT), path))).toEqual(Buffer.from(CONTENT));
    }
  });

  test('gives back the content of brotli if the name ends in .br', () => {
    const bytes = decompress(brotliCompressSync(CONTENT), 'trace.ptr.br');
    expect(Buffer.from(bytes)).toEqual(Buffer.from(CONTENT));
  });

  test('leaves anything else as it is', () => {
    expect(decompress(CONTENT, 'log.txt')).toBe(CONTENT);
  });

  test('says that a torn gzip or brotli file ends too early, wherever it is cut', () => {
    const gzip = gzipSync(CONTENT);
    const brotli = brotliCompressSync(CONTENT);
    for (let length = 2; length < gzip.length; length += 1) {
      const message = userErrorOf(() => decompress(gzip.subarray(0, length), 'log.gz'));
      expect(message).toBe('log.gz: the gzip data ends too early. Copy or record the file again.');
    }
    for (let length = 1; length < brotli.length; length += 1) {
      const message = userErrorOf(() => decompress(brotli.subarray(0, length), 't.br'));
      expect(message).toContain('t.br: the brotli data ');
    }
  });

  test('says that a gzip file with a flipped byte in its checksum is damaged', () => {
    const gzip = Buffer.from(gzipSync(CONTENT));
    const at = gzip.length - 6;
    gzip.writeUInt8((gzip.readUInt8(at) + 1) % 256, at);
    expect(userErrorOf(() => decompress(gzip, 'log.gz'))).toContain('is damaged');
  });

  test('refuses an empty file, and a name ending in .gz without gzip inside', () => {
    expect(userErrorOf(() => decompress(new Uint8Array(), 'a.gz'))).toContain('is empty');
    expect(userErrorOf(() => decompress(CONTENT, 'a.gz'))).toContain('is not gzip');
  });

  test('stops at the limit instead of filling the memory', () => {
    const limit = CONTENT.length - 1;
    for (const [bytes, path] of [
      [gzipSync(CONTENT), 'a.gz'],
      [brotliCompressSync(CONTENT), 'a.br'],
      [CONTENT, 'a.txt'],
    ] as const) {
      expect(userErrorOf(() => decompress(bytes, path, limit))).toContain(
        `the content is larger than ${limit} bytes`,
      );
      expect(decompress(bytes, path, CONTENT.length)).toHaveLength(CONTENT.length);
    }
  });

  test('turns any bytes into bytes or into a sentence', () => {
    const property = fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.constantFrom('a.gz', 'a.br', 'a'),
      fc.boolean(),
      (bytes, path, asGzip) => {
        const input = asGzip ? Uint8Array.from([0x1f, 0x8b, 8, ...bytes]) : bytes;
        try {
          expect(decompress(input, path)).toBeInstanceOf(Uint8Array);
        } catch (error) {
          userErrorOf(() => {
            throw error;
          });
        }
      },
    );
    fc.assert(property, { seed: PROPERTY_SEED, numRuns: 500 });
  });
});
