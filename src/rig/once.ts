import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rig } from './rig.ts';

const POLL_MILLISECONDS = 500;
/** What was used since may be in use. */
const IN_USE_MILLISECONDS = 24 * 60 * 60 * 1000;

/** A name for what is made of these inputs: 16 hexadecimal digits of a SHA-256 hash. */
export function keyOf(...inputs: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16);
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Paths and hashes of all files of a folder, in order: what a key of it is made of. */
export function hashesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${path.slice(folder.length + 1)} ${sha256Of(readFileSync(path))}`);
}

/**
 * A folder that is made once. It appears under its name when it is whole, so that an interrupted
 * attempt leaves nothing that looks finished; of several processes one makes it, the others wait.
 */
export async function madeOnce(
  rig: Rig,
  folder: string,
  make: (unfinished: string) => Promise<void>,
): Promise<string> {
  if (existsSync(folder)) return folder;
  return withLock(rig, folder, async () => {
    if (existsSync(folder)) return folder;
    const unfinished = `${folder}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await make(unfinished);
    renameSync(unfinished, folder);
    return folder;
  });
}

/**
 * As `madeOnce`, for a folder of which there are many sorts (`image-KEY`), each large: when a new one is made, all but
 * the `most` that were used last are removed, if nobody used them for a day.
 */
export async function madeOnceOfMany(
  rig: Rig,
  sort: string,
  key: string,
  most: number,
  make: (unfinished: string) => Promise<void>,
): Promise<string> {
  const folder = await madeOnce(rig, join(rig.cache, `${sort}-${key}`), async (unfinished) => {
    await make(unfinished);
    removeUnused(rig.cache, new RegExp(`^${sort}-[0-9a-f]+$`), most - 1);
  });
  const now = new Date();
  utimesSync(folder, now, now);
  return folder;
}

function removeUnused(cache: string, sort: RegExp, most: number): void {
  const byUse = readdirSync(cache)
    .filter((name) => sort.test(name))
    .map((name) => ({ path: join(cache, name), used: statSync(join(cache, name)).mtimeMs }))
    .sort((a, b) => b.used - a.used);
  for (const { path, used } of byUse.slice(most)) {
    if (used < Date.now() - IN_USE_MILLISECONDS) rmSync(path, { recursive: true, force: true });
  }
}

/** Does the work while no other process has the lock of this name; a dead owner's lock is taken. */
export async function withLock<Result>(
  rig: Rig,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const path = `${name}.lock`;
  mkdirSync(dirname(path), { recursive: true });
  while (!takeLock(path)) {
    rig.tell({ what: 'waiting for another asidbench that builds the same' });
    await sleep(POLL_MILLISECONDS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function takeLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAlive(path)) return false;
    rmSync(path, { force: true });
    return false;
  }
}

function isAlive(path: string): boolean {
  try {
    const owner = Number(readFileSync(path, 'utf8'));
    // Between its creation and its first byte a lock has no owner yet.
    if (owner === 0) return true;
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
