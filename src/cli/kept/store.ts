import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../files/cache-folder.ts';

/** What is kept may take so many bytes together; then what was not used for longest goes. */
const LIMIT_BYTES = 256 * 1024 * 1024;
/** What is left after that, so that not every program that ends has to count. */
const LOW_WATER = 0.8;

const DIGEST_BYTES = 32;

/** Kinds of what is kept, a folder each. */
export type KeptKind = 'cells' | 'reports' | 'series' | 'validations';

/**
 * What was computed before, under a hash of everything that decides it. Nothing depends on it: what is
 * absent, torn or changed is computed again, and what can't be written is not kept. Two programs may use it
 * at once, since a file appears under its name when it is whole and never changes.
 */
export interface Store {
  /** The bytes that were put under this key; null if they are not there, or not as they were. */
  readonly get: (kind: KeptKind, key: string) => Buffer | null;
  readonly put: (kind: KeptKind, key: string, bytes: Uint8Array) => void;
  /** Removes what is too much, when something was put. */
  readonly close: () => void;
}

/** A store that keeps and finds nothing: for `--fresh`. */
export const EMPTY_STORE: Store = { get: () => null, put: () => undefined, close: () => undefined };

/** The store of this user; an empty one with `fresh`, or with ASIDBENCH_FRESH=1 in the environment. */
export function openStore(fresh: boolean): Store {
  if (fresh || process.env.ASIDBENCH_FRESH === '1') return EMPTY_STORE;
  return storeIn(join(cacheFolder(), 'kept'), LIMIT_BYTES);
}

/** A store in a folder, which is made when something is put. */
export function storeIn(folder: string, limitBytes: number): Store {
  let written = 0;
  const pathOf = (kind: KeptKind, key: string): string =>
    join(folder, kind, key.slice(0, 2), key.slice(2));
  return {
    get: (kind, key) => {
      const path = pathOf(kind, key);
      const stored = attempt(() => readFileSync(path));
      if (stored === null) return null;
      const bytes = stored.subarray(DIGEST_BYTES);
      if (
        stored.length < DIGEST_BYTES ||
        !digestOf(bytes).equals(stored.subarray(0, DIGEST_BYTES))
      ) {
        return null;
      }
      const now = new Date();
      attempt(() => utimesSync(path, now, now));
      return bytes;
    },
    put: (kind, key, bytes) => {
      const path = pathOf(kind, key);
      const unfinished = `${path}.${process.pid}-${written}`;
      written += 1;
      const isKept = attempt(() => {
        mkdirSync(join(path, '..'), { recursive: true });
        writeFileSync(unfinished, Buffer.concat([digestOf(bytes), bytes]));
        renameSync(unfinished, path);
        return true;
      });
      if (isKept === null) attempt(() => rmSync(unfinished, { force: true }));
    },
    close: () => {
      if (written > 0) prune(folder, limitBytes);
      written = 0;
    },
  };
}

function prune(folder: string, limitBytes: number): void {
  const files = filesBelow(folder);
  let total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= limitBytes) return;
  files.sort((a, b) => a.usedAt - b.usedAt);
  for (const { path, size } of files) {
    if (total <= limitBytes * LOW_WATER) return;
    attempt(() => rmSync(path, { force: true }));
    total -= size;
  }
}

/** Another program may remove a file between its name and its size. */
function filesBelow(folder: string): { path: string; size: number; usedAt: number }[] {
  const entries = attempt(() => readdirSync(folder, { recursive: true, withFileTypes: true }));
  return (entries ?? []).flatMap((entry) => {
    if (!entry.isFile()) return [];
    const path = join(entry.parentPath, entry.name);
    const found = attempt(() => statSync(path));
    return found === null ? [] : [{ path, size: found.size, usedAt: found.mtimeMs }];
  });
}

function digestOf(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** What an action gives; null where a file is missing, or the disk or a permission refuses. */
function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
