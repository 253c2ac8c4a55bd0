import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { harmless } from '../../util/harmless.ts';
import { UserError } from '../../util/user-error.ts';
import { fileSystemCause } from '../output/errors.ts';

/** For a run that has no folder yet. */
export const NEW_FOLDER = 'Give a place that you may write to with --out';

/** Does something with a file of the run; what fails becomes a sentence that ends with `cure`. */
export function attempt<T>(path: string, action: () => T, cure: string = NEW_FOLDER): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw outputError(path, error, cure);
  }
}

export function outputError(path: string, error: unknown, cure: string = NEW_FOLDER): UserError {
  const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  return new UserError(
    'output',
    path,
    `can't be written: ${fileSystemCause(error)}`,
    isFull ? 'Make room and go on with --resume; what was finished is kept' : cure,
  );
}

/** Writes a file so that its name never stands for a part of it, even after a kill or a power cut. */
export function writeWhole(path: string, text: string, cure: string = NEW_FOLDER): void {
  const partial = `${path}.partial`;
  const write = (): void => {
    writeFileSync(partial, text, { flush: true });
    renameSync(partial, path);
  };
  attempt(path, write, cure);
}

/** Writes what a flag has asked for to the file that it names. Throws UserError('output') where it can't. */
export function writeOut(flag: string, path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? harmless(content) : content;
  attempt(path, () => writeFileSync(path, bytes), `Give ${flag} a file that you may write`);
}

/** Writes a new file. Throws UserError('output') where it can't, or where a file is in the way. */
export function writeNew(path: string, text: string): void {
  attempt(path, () => writeFileSync(path, harmless(text), { flag: 'wx' }));
}

/** Makes a folder in one that exists. */
export function makeFolder(path: string): void {
  attempt(path, () => {
    if (!existsSync(path)) mkdirSync(path);
  });
}

/**
 * Makes a folder and those above it, one by one: Node's own recursive form never returns where the
 * file system answers "no such file" for a folder that is there (/proc). True if it was not there.
 */
export function makeFolders(path: string): boolean {
  if (existsSync(path)) return false;
  const parent = dirname(path);
  if (parent !== path) makeFolders(parent);
  mkdirSync(path);
  return true;
}
