import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyOf, madeOnce, madeOnceOfMany, withLock } from '../../src/rig/once.ts';
import type { Rig } from '../../src/rig/rig.ts';

let rig: Rig;
beforeEach(() => {
  const cache = mkdtempSync(join(tmpdir(), 'asidbench-test-'));
  rig = { cache, sources: cache, jobs: 1, tell: () => {} };
});
afterEach(() => rmSync(rig.cache, { recursive: true }));

test('a folder is made once, also when two want it at the same time', async () => {
  let made = 0;
  const make = async (unfinished: string): Promise<void> => {
    made++;
    writeFileSync(join(unfinished, 'text'), 'whole');
  };
  const folder = join(rig.cache, 'folder');
  await Promise.all([madeOnce(rig, folder, make), madeOnce(rig, folder, make)]);
  expect(made).toBe(1);
  expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('whole');
});

test('an attempt that fails leaves nothing that looks finished, and the next one begins anew', async () => {
  const folder = join(rig.cache, 'folder');
  const failing = madeOnce(rig, folder, async (unfinished) => {
    writeFileSync(join(unfinished, 'half'), '');
    throw new Error('the compiler failed');
  });
  await expect(failing).rejects.toThrow('the compiler failed');
  expect(existsSync(folder)).toBe(false);
  await madeOnce(rig, folder, async (unfinished) => {
    expect(existsSync(join(unfinished, 'half'))).toBe(false);
  });
  expect(existsSync(folder)).toBe(true);
});

test('the lock of a process that is gone is taken over', async () => {
  const name = join(rig.cache, 'tree');
  // No process has this number: it is above the largest that Linux gives.
  writeFileSync(`${name}.lock`, String(4_194_305));
  expect(await withLock(rig, name, async () => 'done')).toBe('done');
  expect(existsSync(`${name}.lock`)).toBe(false);
});

test('a key depends on each input and on their order', () => {
  expect(keyOf('a', 'b')).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set([keyOf('a', 'b'), keyOf('b', 'a'), keyOf('ab'), keyOf('a', 'c')]).size).toBe(4);
});

test('of many images those used last are kept, and any that was used within a day', async () => {
  const day = 24 * 60 * 60;
  const now = Date.now() / 1000;
  const made = (name: string, secondsAgo: number): void => {
    mkdirSync(join(rig.cache, name));
    utimesSync(join(rig.cache, name), now - secondsAgo, now - secondsAgo);
  };
  made('image-a1', 10);
  made('image-a2', 20);
  made('image-a3', 2 * day);
  made('image-a4', 3 * day);
  made('emulator-a5', 9 * day);
  await madeOnceOfMany(rig, 'image', 'a4', 3, async () => {});
  await madeOnceOfMany(rig, 'image', 'a6', 2, async () => {});
  expect(readdirSync(rig.cache).sort()).toEqual([
    'emulator-a5',
    'image-a1',
    'image-a2',
    'image-a4',
    'image-a6',
  ]);
});
