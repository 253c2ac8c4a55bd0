import { spawn, spawnSync } from 'node:child_process';
import { closeSync, createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteSource } from '../../importers/importer.ts';
import {
  nobodyWrites,
  openForReading,
  readNow,
  WAIT_MILLISECONDS,
  WRITER_PATIENCE_MILLISECONDS,
} from '../../inputs/read-file.ts';
import { UserError } from '../../util/user-error.ts';
import { fileSystemCause } from '../output/errors.ts';

const PIECE_BYTES = 262_144;

/** The bytes of a file, and how to let go of it in the middle, even while it gives none. */
export interface OpenInput extends ByteSource {
  readonly close: () => void;
}

/**
 * The bytes of a regular file or a pipe as they are stored; `-` is standard input. Reading throws
 * `UserError`; so does what is neither, such as a device that never ends.
 */
export function openInput(path: string): OpenInput {
  const use = { isOver: false };
  return {
    [Symbol.asyncIterator]: () => explained(path, path === '-' ? stdin() : bytesOf(path, use)),
    close: () => {
      use.isOver = true;
      if (path === '-') process.stdin.destroy();
    },
  };
}

async function* explained(path: string, source: ByteSource): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error instanceof UserError) throw error;
    const cause = `can't be read: ${fileSystemCause(error)}`;
    throw new UserError('input', path, cause, 'Check the path');
  }
}

async function* stdin(): AsyncGenerator<Uint8Array> {
  for await (const piece of process.stdin) yield piece as Uint8Array;
}

async function* bytesOf(
  path: string,
  use: { readonly isOver: boolean },
): AsyncGenerator<Uint8Array> {
  const { descriptor, isPipe } = openForReading(path);
  if (isPipe) {
    try {
      yield* bytesOfPipe(path, descriptor, use);
    } finally {
      closeSync(descriptor);
    }
    return;
  }
  const stream = createReadStream(path, { fd: descriptor, highWaterMark: PIECE_BYTES });
  for await (const piece of stream) yield piece as Uint8Array;
}

/** Never waits inside a call of the system, from which nothing would bring it back. */
async function* bytesOfPipe(
  path: string,
  descriptor: number,
  use: { readonly isOver: boolean },
): AsyncGenerator<Uint8Array> {
  let waited = 0;
  let hasWriter = false;
  while (!use.isOver) {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    const count = readNow(descriptor, piece);
    if (count === 0 && hasWriter) return;
    if (count !== 0) hasWriter = true;
    if (count !== null && count > 0) {
      yield piece.subarray(0, count);
      continue;
    }
    if (count === 0 && waited >= WRITER_PATIENCE_MILLISECONDS) throw nobodyWrites(path);
    await sleep(WAIT_MILLISECONDS);
    waited += WAIT_MILLISECONDS;
  }
}

/** Decompresses with the program of the format's name, if it is installed. */
export function externalDecoder(format: 'zstd' | 'xz', source: ByteSource): ByteSource | null {
  if (spawnSync(format, ['--version'], { stdio: 'ignore' }).error !== undefined) return null;
  return throughProgram(format, source);
}

/** A file may ask for gigabytes to be unpacked in; what a recorder writes asks for 64 MiB at most. */
const MEMORY_LIMITS = {
  xz: ['--memlimit-decompress=256MiB'],
  zstd: ['--memory=256MiB'],
} as const;

async function* throughProgram(
  program: 'zstd' | 'xz',
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, ['-dcq', ...MEMORY_LIMITS[program]], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code));
  });
  const input = Readable.from(source, { objectMode: false });
  // Its own input may fail, and the program may end before it has read everything.
  let failure: unknown = null;
  input.on('error', (error) => {
    failure = error;
    child.kill();
  });
  child.stdin.on('error', () => input.destroy());
  input.pipe(child.stdin);
  try {
    for await (const piece of child.stdout) yield piece as Uint8Array;
    const code = await ended;
    if (failure !== null) throw failure;
    if (code !== 0) throw Object.assign(new Error(`${program} failed`), { code: 'DECODER' });
  } finally {
    input.destroy();
    child.kill();
  }
}
