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
 * that forgets to change the version still does not mix with what was computed before it. `more` folders are those
 * that decide something beside results.
 */
export function buildHash(program: string = OWN_FOLDER, more: readonly string[] = []): string {
  const hash = createHash('sha256');
  for (const folder of [...MODEL_FOLDERS, ...more]) {
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

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
  return paths.sort();
}
