import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../project-root.ts';

/** Folders of the program whose code decides results; the others only show them. */
const MODEL_FOLDERS = [
  'cost',
  'executed',
  'hardware',
  'hypervisor',
  'inputs',
  'oracle',
  'run',
  'suite',
  'units',
  'util',
  'workloads',
];
const OWN_FOLDER = fileURLToPath(new URL('../..', import.meta.url));
const CODE = new Set(['.js', '.ts']);
const DIGITS = 12;

/**
 * Names what decides results beside the suite: the code of the model, and everything in data/. Two builds of
 * the same sources have the same hash on every machine; a change of the code that forgets to change the
 * version still does not mix with what was computed before it.
 */
export function buildHash(program: string = OWN_FOLDER): string {
  const hash = createHash('sha256');
  for (const folder of MODEL_FOLDERS) addCode(hash, program, join(program, folder));
  const data = join(projectRoot(), 'data');
  for (const path of filesBelow(data)) addFile(hash, data, path);
  return hash.digest('hex').slice(0, DIGITS);
}

/** Names everything that decides what the program prints of results: that, and all of its code. */
export function programHash(): string {
  const hash = createHash('sha256').update(buildHash());
  addCode(hash, OWN_FOLDER, OWN_FOLDER);
  return hash.digest('hex').slice(0, DIGITS);
}

function addCode(hash: Hash, root: string, folder: string): void {
  for (const path of filesBelow(folder)) {
    if (CODE.has(extname(path)) && !path.endsWith('.d.ts')) addFile(hash, root, path);
  }
}

function addFile(hash: Hash, root: string, path: string): void {
  hash.update(`${path.slice(root.length)}\n`).update(readFileSync(path));
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
  return paths.sort();
}
