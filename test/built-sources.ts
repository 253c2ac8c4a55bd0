import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'vitest/config';

/*
 * Tests import sources, and run what the build made of them: Node loads that at once and runs it as fast as
 * users do, and the tests of the command line, which run it too, share its modules. Sources that Vitest
 * transforms read every import through an object: whole files take a third longer.
 */

const FOLDERS = ['src', 'scripts', 'examples'];
/** Part of a test, and run by threads, which load it as it is built. */
const TASKS = 'test/parallel/tasks.ts';
/** Written by each build, after everything else. */
const STAMP = 'dist/.tsbuildinfo';

/** Whether no source was written after the last build. */
export function isBuilt(root: string): boolean {
  const built = statSync(join(root, STAMP), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return FOLDERS.every((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .every((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs <= built),
  );
}

/** Gives whoever imports a source the file in dist that was made of it. */
export function builtSources(root: string): Plugin {
  return {
    name: 'built sources',
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !/^\.\.?\/.*\.ts$/.test(source)) return null;
      const path = relative(root, join(dirname(importer), source));
      const isSource = path === TASKS || FOLDERS.some((folder) => path.startsWith(`${folder}/`));
      if (!isSource) return null;
      return { id: join(root, 'dist', path.replace(/\.ts$/, '.js')), external: true };
    },
  };
}
