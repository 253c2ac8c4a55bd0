import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a suite of a few round trips: the shape of a run, not its numbers, is tested with it. */
export function tinySuite(folder: string): string {
  const path = join(folder, 'tiny.yaml');
  const text = readFileSync('suites/headline/cpuid-npt-npt.yaml', 'utf8')
    .replace(/^id: .*$/m, 'id: tiny')
    .replace(/^trips: .*$/m, 'trips: {warmUp: 2, measured: 3}')
    .replace(/^expect:[\s\S]*$/m, 'expect: []\n');
  writeFileSync(path, text);
  return path;
}

/** The same as a sweep of three points. */
export function tinySweep(folder: string): string {
  const path = join(folder, 'tiny-sweep.yaml');
  const text = readFileSync(tinySuite(folder), 'utf8').replace(/^id: .*$/m, 'id: tiny-sweep');
  writeFileSync(path, `${text}sweep:\n  - {key: trips.measured, values: [2, 3, 4]}\n`);
  return path;
}
