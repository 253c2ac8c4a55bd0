import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../util/user-error.ts';
import { DECOMPRESSED_LIMIT_BYTES, decompress } from './decompress.ts';
import { readWhole } from './read-file.ts';
import { decodeText } from './text-lines.ts';

/** From src/inputs and from dist/src/inputs; the README marks the real folder. */
const CANDIDATES = ['../../data/', '../../../data/'];
const MARKER = 'README.md';

let dataFolder: string | undefined;

function findDataFolder(): string {
  if (dataFolder !== undefined) return dataFolder;
  for (const candidate of CANDIDATES) {
    const folder = fileURLToPath(new URL(candidate, import.meta.url));
    if (existsSync(join(folder, MARKER))) {
      dataFolder = folder;
      return folder;
    }
  }
  throw new UserError(
    'input',
    'data/',
    'the folder of captured inputs is not beside this program',
    'Install the package again, with its data folder',
  );
}

/**
 * The path of a file of the package's data folder, e.g.
 * `dataPath('page-traces', 'sqlite-10M.ptr.br')`, from the sources as well as from `dist`.
 * Whether the file exists is not checked.
 */
export function dataPath(...parts: readonly string[]): string {
  return join(findDataFolder(), ...parts);
}

function explain(error: unknown): { cause: string; cure: string } {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return { cause: 'there is no such file', cure: 'Check the spelling of the path' };
  }
  if (code === 'EISDIR') return { cause: 'this is a folder', cure: 'Name a file inside it' };
  if (code === 'EACCES' || code === 'EPERM') {
    return { cause: 'the file may not be read', cure: 'Ask for the right to read it' };
  }
  return { cause: `the file can't be read (${code})`, cure: 'Check the file and its disk' };
}

/** The bytes of a file as stored. Throws `UserError` if it can't be read. */
export function readDataFile(path: string): Uint8Array {
  try {
    return readWhole(path, DECOMPRESSED_LIMIT_BYTES);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { cause, cure } = explain(error);
    throw new UserError('input', path, cause, cure);
  }
}

/** The decompressed bytes of a file (gzip, brotli or plain). Throws `UserError`. */
export function readDataBytes(path: string): Uint8Array {
  return decompress(readDataFile(path), path);
}

/** The decompressed text of a file. Throws `UserError` if it can't be read or is not text. */
export function readDataText(path: string): string {
  return decodeText(readDataBytes(path), path);
}
