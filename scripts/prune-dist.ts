import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BUNDLE, DATA } from './bundle-page.ts';

/**
 * Before `npm pack`: removes from dist/src what no source makes any more, so that it is not packed. The rest stays where
 * it is, since tests may be running it.
 */

const BUILT = 'dist/src';

for (const entry of readdirSync(BUILT, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const source = join('src', relative(BUILT, path)).replace(/(?:\.d\.ts|\.js)(?:\.map)?$/, '.ts');
  if (!existsSync(source) && ![BUNDLE, DATA].includes(path)) rmSync(path);
}
