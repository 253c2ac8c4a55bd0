import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The text of every suite that comes with the program. */
export function shippedSuites(folder = 'suites'): readonly Buffer[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return shippedSuites(path);
    return entry.name.endsWith('.yaml') ? [readFileSync(path)] : [];
  });
}
