import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/**
 * Bundles the script of a page, `src/page/dom/main.ts` with the whole model, into `dist/src/page/main.bundle.js`.
 * Does nothing while none of the files that went in has changed. The same sources give the same bytes.
 */

const ENTRY = 'src/page/dom/main.ts';
export const BUNDLE = 'dist/src/page/main.bundle.js';
/** Which files went in, and how they looked. */
const STAMP = 'dist/.page-bundle.json';

function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

function stampOf(root: string, inputs: readonly string[]): string {
  return inputs
    .map((path) => {
      const { mtimeMs, size } = statSync(join(root, path), { throwIfNoEntry: false }) ?? {};
      return `${path} ${mtimeMs} ${size}`;
    })
    .join('\n');
}

function isUpToDate(root: string): boolean {
  if (!existsSync(join(root, BUNDLE)) || !existsSync(join(root, STAMP))) return false;
  const stored = JSON.parse(readFileSync(join(root, STAMP), 'utf8')) as {
    inputs: string[];
    stamp: string;
  };
  return stampOf(root, stored.inputs) === stored.stamp;
}

/** A page has no files: what reads them is replaced, and what asks for Node all the same is refused. */
function withoutFiles(root: string): Plugin {
  return {
    name: 'without files',
    setup(build) {
      build.onResolve({ filter: /\/load-data\.ts$/ }, () => ({
        path: join(root, 'src/page/no-files.ts'),
      }));
      build.onResolve({ filter: /^node:/ }, ({ path, importer }) => ({
        errors: [{ text: `${importer} imports ${path}, which no page has` }],
      }));
    },
  };
}

/** The script as bytes, and the files that went in. */
export async function buildPage(root: string = projectFolder()) {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    metafile: true,
    write: false,
    outfile: BUNDLE,
    plugins: [withoutFiles(root)],
  });
  return { bytes: outputFiles[0]!.contents, inputs: Object.keys(metafile.inputs) };
}

export async function bundlePage(root: string = projectFolder()): Promise<void> {
  if (isUpToDate(root)) return;
  const { bytes, inputs } = await buildPage(root);
  mkdirSync(dirname(join(root, BUNDLE)), { recursive: true });
  writeFileSync(join(root, BUNDLE), bytes);
  const own = fileURLToPath(import.meta.url).slice(root.length + 1);
  const all = [...inputs, 'package-lock.json', own].sort();
  writeFileSync(join(root, STAMP), JSON.stringify({ inputs: all, stamp: stampOf(root, all) }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundlePage();
