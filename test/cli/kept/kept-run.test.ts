import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { program, temporaryFolder } from '../command-line.ts';
import { tinySuite } from '../tiny-suite.ts';

const folder = temporaryFolder();
const before = { fresh: process.env.ASIDBENCH_FRESH, cache: process.env.XDG_CACHE_HOME };
process.env.ASIDBENCH_FRESH = '0';
process.env.XDG_CACHE_HOME = join(folder.path, 'cache');
afterAll(() => {
  process.env.ASIDBENCH_FRESH = before.fresh;
  if (before.cache === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before.cache;
  folder.remove();
});

const suite = tinySuite(folder.path);

async function run(name: string, ...words: readonly string[]): Promise<Record<string, string>> {
  const out = join(folder.path, name);
  const ended = await program(suite, '--seeds', '3', '--out', out, ...words);
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
  return Object.fromEntries(
    readdirSync(out).map((file) => [file, readFileSync(join(out, file), 'latin1')]),
  );
}

/** Files of kept cells. */
function keptFiles(kind: string): string[] {
  const root = join(folder.path, 'cache', 'asidbench', 'kept', kind);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a run after a run', async () => {
  const first = await run('first');
  const cells = keptFiles('cells');

  test('gives the same bytes in every file, and keeps nothing new', async () => {
    expect(cells.length).toBe(first['results.jsonl']!.split('\n').length - 1);
    expect(await run('second')).toEqual(first);
    expect(keptFiles('cells')).toEqual(cells);
    expect(keptFiles('reports')).toHaveLength(1);
  });

  test('computes only what is new: another seed, another strategy', async () => {
    await run('wider', '--strategy', 'ideal', '--seeds', '4');
    const fresh = await run('wider-fresh', '--strategy', 'ideal', '--seeds', '4', '--fresh');
    expect(await run('wider-again', '--strategy', 'ideal', '--seeds', '4')).toEqual(fresh);
    expect(keptFiles('cells').length).toBeGreaterThan(cells.length);
  });

  test('takes no damaged cell, and --fresh none at all', async () => {
    for (const path of keptFiles('cells')) writeFileSync(path, 'not a cell');
    expect(await run('damaged')).toEqual(first);
    expect(await run('fresh', '--fresh')).toEqual(first);
  });
});
