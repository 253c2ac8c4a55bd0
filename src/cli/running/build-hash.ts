import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
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
 * Names what decides results beside the suite: the code of the model, and the captured files by name
 * and size. Two builds of the same sources have the same hash on every machine; a change of the code
 * that forgets to change the version still does not mix with what was computed before it.
 */
export function buildHash(program: string = OWN_FOLDER): string {
  const hash = createHash('sha256');
  for (const folder of MODEL_FOLDERS) {
    for (const path of filesBelow(join(program, folder))) {
      if (!CODE.has(extname(path)) || path.endsWith('.d.ts')) continue;
      hash.update(`${path.slice(program.length)}\n`).update(readFileSync(path));
    }
  }
  const data = join(projectRoot(), 'data');
  for (const path of filesBelow(data)) {
    hash.update(`${path.slice(data.length)} ${statSync(path).size}\n`);
  }
  return hash.digest('hex').slice(0, DIGITS);
}

/**
 * Names everything that decides what the program prints of results: all of its code, the captured files as
 * above, and what is stored beside them, analyses and verdicts, byte by byte.
 */
export function programHash(): string {
  const hash = createHash('sha256').update(buildHash());
  for (const path of filesBelow(OWN_FOLDER)) {
    if (!CODE.has(extname(path)) || path.endsWith('.d.ts')) continue;
    hash.update(`${path.slice(OWN_FOLDER.length)}\n`).update(readFileSync(path));
  }
  for (const path of filesBelow(join(projectRoot(), 'data'))) {
    if (extname(path) === '.json') hash.update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, DIGITS);
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
  return paths.sort();
}
