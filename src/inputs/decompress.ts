import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { fileError } from './text-lines.ts';

/**
 * The most that a log or a page trace may become: 192 MiB, thirty times the largest that is shipped.
 * In memory a page trace takes four times as much on top of it.
 */
export const DECOMPRESSED_LIMIT_BYTES = 201_326_592;
/** Captured files shrink to a hundredth at best; a bomb that unpacks to more than 16 MiB, further. */
const SWELL_RATIO = 2000;
const SWELL_FLOOR_BYTES = 16_777_216;

const GZIP_MAGIC_FIRST = 0x1f;
const GZIP_MAGIC_SECOND = 0x8b;

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return '';
}

/**
 * The content of an input file: gzip is recognised by its first two bytes (1f 8b), brotli, which
 * has no such mark, by the name's extension `.br`; anything else is returned as it is.
 * Throws `UserError` if the compressed data is empty, torn or damaged, or if the result exceeds
 * `limitBytes`.
 */
export function decompress(
  bytes: Uint8Array,
  path: string,
  limitBytes: number = DECOMPRESSED_LIMIT_BYTES,
): Uint8Array {
  const isGzip = bytes[0] === GZIP_MAGIC_FIRST && bytes[1] === GZIP_MAGIC_SECOND;
  const isBrotli = !isGzip && path.endsWith('.br');
  const isGzipByName = path.endsWith('.gz') && !isGzip;
  if (bytes.length === 0) throw fileError(path, 'the file is empty');
  if (isGzipByName) {
    throw fileError(
      path,
      'the name says gzip but the content is not gzip',
      'Compress the file again, or drop .gz from its name',
    );
  }
  if (!isGzip && !isBrotli) {
    if (bytes.length <= limitBytes) return bytes;
    throw tooLarge(path, limitBytes);
  }
  const format = isGzip ? 'gzip' : 'brotli';
  const swollen = Math.max(SWELL_FLOOR_BYTES, SWELL_RATIO * bytes.length);
  const maxOutputLength = Math.min(limitBytes, swollen);
  try {
    const options = { maxOutputLength };
    return isGzip ? gunzipSync(bytes, options) : brotliDecompressSync(bytes, options);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(path, maxOutputLength);
    const cause = code === 'Z_BUF_ERROR' ? 'ends too early' : 'is damaged';
    throw fileError(path, `the ${format} data ${cause}`, 'Copy or record the file again');
  }
}

function tooLarge(path: string, limitBytes: number): Error {
  return fileError(
    path,
    `the content is larger than ${limitBytes} bytes`,
    'Split the recording into shorter ones',
  );
}
