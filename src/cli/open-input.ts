import { spawn, spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ByteSource } from '../importers/importer.ts';
import { UserError } from '../util/user-error.ts';
import { fileSystemCause } from './errors.ts';

const PIECE_BYTES = 262_144;

/** The bytes of a file as they are stored; `-` is standard input. Throws `UserError`. */
export async function* openInput(path: string): AsyncGenerator<Uint8Array> {
  const stream =
    path === '-' ? process.stdin : createReadStream(path, { highWaterMark: PIECE_BYTES });
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
    throw new UserError(
      'input',
      path,
      `can't be read: ${fileSystemCause(error)}`,
      'Check the path',
    );
  }
}

/** Decompresses with the program of the format's name, if it is installed. */
export function externalDecoder(format: 'zstd' | 'xz', source: ByteSource): ByteSource | null {
  if (spawnSync(format, ['--version'], { stdio: 'ignore' }).error !== undefined) return null;
  return throughProgram(format, source);
}

async function* throughProgram(
  program: 'zstd' | 'xz',
  source: ByteSource,
): AsyncGenerator<Uint8Array> {
  const child = spawn(program, ['-dcq'], { stdio: ['pipe', 'pipe', 'ignore'] });
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
