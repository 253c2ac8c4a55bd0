import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { storeIn } from '../../../src/cli/kept/store.ts';
import { keyOf } from '../../../src/rig/once.ts';
import { temporaryFolder } from '../command-line.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const ROOM = 1e9;
const bytes = Buffer.from('what was computed');

/** Paths of the files of a store. */
function filesOf(name: string): string[] {
  const root = join(folder.path, name);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('what is kept', () => {
  test('is found again under its key, by another program too', () => {
    const key = keyOf('build', { seed: 1 });
    storeIn(join(folder.path, 'found'), ROOM).put('cells', key, bytes);
    const other = storeIn(join(folder.path, 'found'), ROOM);
    expect(other.get('cells', key)?.toString()).toBe(bytes.toString());
    expect(other.get('reports', key)).toBeNull();
    expect(other.get('cells', keyOf('build', { seed: 2 }))).toBeNull();
  });

  test.each([
    ['torn', (path: string) => truncateSync(path, 40)],
    ['shorter than its hash', (path: string) => truncateSync(path, 7)],
    [
      'changed by a bit',
      (path: string) => {
        const stored = readFileSync(path);
        stored[40]! += 1;
        writeFileSync(path, stored);
      },
    ],
  ])('is absent when its file is %s', (name, damage) => {
    const store = storeIn(join(folder.path, name), ROOM);
    const key = keyOf(name);
    store.put('cells', key, bytes);
    for (const path of filesOf(name)) damage(path);
    expect(store.get('cells', key)).toBeNull();
  });

  test('stays within the limit: what was not used for longest goes first', () => {
    const store = storeIn(join(folder.path, 'bounded'), 10_000);
    const keys = Array.from({ length: 20 }, (_, index) => keyOf(index));
    const kilobyte = Buffer.alloc(1000);
    for (const key of keys.slice(0, 9)) store.put('cells', key, kilobyte);
    store.close();
    expect(filesOf('bounded')).toHaveLength(9);
    // Used now, so later than all others were written.
    const used = keys[0]!;
    while (Date.now() <= Math.max(...filesOf('bounded').map((path) => statSync(path).mtimeMs)));
    expect(store.get('cells', used)).not.toBeNull();
    for (const key of keys.slice(9)) store.put('cells', key, kilobyte);
    store.close();
    const left = filesOf('bounded').reduce((sum, path) => sum + statSync(path).size, 0);
    expect(left).toBeLessThanOrEqual(10_000);
    expect(store.get('cells', keys[1]!)).toBeNull();
    expect(store.get('cells', keys[19]!)).not.toBeNull();
  });

  test('is nothing where the folder can not be written, and nobody is told', () => {
    writeFileSync(join(folder.path, 'a-file'), '');
    const store = storeIn(join(folder.path, 'a-file'), ROOM);
    store.put('cells', keyOf(1), bytes);
    store.close();
    expect(store.get('cells', keyOf(1))).toBeNull();
  });
});
