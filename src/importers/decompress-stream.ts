import { Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { UserError } from '../util/user-error.ts';
import { HEAD_BYTES, peekHead } from './head.ts';
import type { ByteSource } from './importer.ts';

export type Compression = 'gzip' | 'zstd' | 'xz' | 'brotli';

/** Decompresses by an external program, where this Node has no decoder; null: it is not installed. */
export type ExternalDecoder = (format: 'zstd' | 'xz', source: ByteSource) => ByteSource | null;

export interface SwellLimits {
  /** Decompressed over compressed size. */
  readonly ratio: number;
  readonly bytes: number;
}

/** A recording never shrinks as far as this, and never becomes 1 TiB; a decompression bomb does. */
const SWELL_LIMITS: SwellLimits = { ratio: 20_000, bytes: 1_099_511_627_776 };
const PIECE_BYTES = 262_144;

const MAGIC: readonly (readonly [Compression, readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
];

/** How a file that begins like this is compressed, by its magic number. Brotli has none. */
export function compressionOf(head: Uint8Array): Compression | null {
  const found = MAGIC.find(([, magic]) => magic.every((byte, at) => head[at] === byte));
  return found?.[0] ?? null;
}

/**
 * The content of a file. gzip, zstd and xz are known by their magic numbers. Brotli has none: it is
 * tried when `isKnown` does not know the first bytes as they are, and taken if it knows them
 * decompressed. Throws `UserError` for an empty, torn or damaged file, for one that swells beyond
 * all reason, and where no decoder is there.
 */
export async function decompressed(
  raw: ByteSource,
  name: string,
  external: ExternalDecoder,
  isKnown: (head: Uint8Array) => boolean,
  limits: SwellLimits = SWELL_LIMITS,
): Promise<ByteSource> {
  const { head, source } = await peekHead(raw);
  if (head.length === 0) {
    throw new UserError('input', name, 'the file is empty', 'Record it again');
  }
  const format = compressionOf(head);
  if (format === null) {
    if (isKnown(head) || !isKnown(await brotliHead(head))) return source;
  }
  const counter = { in: 0 };
  const counted = countBytes(source, counter);
  const plain = decoded(counted, format ?? 'brotli', name, external);
  return guarded(plain, { counter, limits, name, format: format ?? 'brotli' });
}

function decoded(
  source: ByteSource,
  format: Compression,
  name: string,
  external: ExternalDecoder,
): ByteSource {
  const transform = nodeDecoder(format);
  if (transform !== null) return throughNode(source, transform);
  const piped = format === 'zstd' || format === 'xz' ? external(format, source) : null;
  if (piped !== null) return piped;
  throw new UserError(
    'input',
    name,
    `this is ${format} data, which this Node can't decompress, and the program ${format} is not installed`,
    format === 'zstd'
      ? 'Install zstd, use Node 22.15 or later, or decompress the file first'
      : 'Install xz, or decompress the file first',
  );
}

/** Node's decoder; zstd came with 22.15 and is not in the types of older versions. */
function nodeDecoder(format: Compression): Transform | null {
  const options = { chunkSize: PIECE_BYTES };
  if (format === 'gzip') return zlib.createGunzip(options);
  if (format === 'brotli') return zlib.createBrotliDecompress(options);
  if (format !== 'zstd') return null;
  const make: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof make !== 'function') return null;
  const made: unknown = Reflect.apply(make, zlib, [options]);
  return isTransform(made) ? made : null;
}

function isTransform(value: unknown): value is Transform {
  return value instanceof Readable && 'write' in value;
}

async function* throughNode(source: ByteSource, transform: Transform): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source, { objectMode: false });
  input.on('error', (error) => transform.destroy(error));
  input.pipe(transform);
  try {
    for await (const piece of transform) yield piece as Uint8Array;
  } finally {
    input.destroy();
    transform.destroy();
  }
}

async function* countBytes(
  source: ByteSource,
  counter: { in: number },
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    counter.in += piece.length;
    yield piece;
  }
}

interface Guard {
  readonly counter: { readonly in: number };
  readonly limits: SwellLimits;
  readonly name: string;
  readonly format: Compression;
}

async function* guarded(source: ByteSource, guard: Guard): AsyncGenerator<Uint8Array> {
  const { counter, limits, name, format } = guard;
  let out = 0;
  try {
    for await (const piece of source) {
      out += piece.length;
      if (out > limits.bytes || out > limits.ratio * Math.max(counter.in, HEAD_BYTES)) {
        const cause = `the ${format} data swells beyond ${limits.ratio} times its size`;
        throw new UserError('input', name, cause, 'Decompress it yourself if you trust it');
      }
      yield piece;
    }
  } catch (error) {
    throw asUserError(error, name, format, out);
  }
}

function asUserError(error: unknown, name: string, format: Compression, out: number): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof UserError || !/^(Z_|ERR_|ZSTD_|DECODER)/.test(code)) return error;
  const isTorn = code === 'Z_BUF_ERROR' || code === 'ERR_STREAM_PREMATURE_CLOSE';
  const cause = `the ${format} data ${isTorn ? 'ends too early' : 'is damaged'}`;
  const place = `${name}, byte offset ${out} of the decompressed data`;
  return new UserError('input', place, cause, 'Copy or record the file again');
}

/** What the first bytes become if they are brotli; empty if they are not. */
async function brotliHead(head: Uint8Array): Promise<Uint8Array> {
  const transform = zlib.createBrotliDecompress({ chunkSize: HEAD_BYTES });
  const pieces: Uint8Array[] = [];
  let length = 0;
  return await new Promise((resolve) => {
    const finish = (): void => {
      transform.destroy();
      resolve(Buffer.concat(pieces).subarray(0, HEAD_BYTES));
    };
    transform.on('data', (piece: Uint8Array) => {
      pieces.push(piece);
      length += piece.length;
      if (length >= HEAD_BYTES) finish();
    });
    transform.on('error', finish);
    transform.on('end', finish);
    // A cut head never ends by itself: what it gave once it is written has to do.
    transform.end(head);
  });
}
