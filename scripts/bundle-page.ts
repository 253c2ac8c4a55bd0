import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/**
 * Makes what is the same in every page that is alive: its script, `src/page/dom/main.ts` with the whole model,
 * and the data that it runs on. Does nothing while none of the files that went in has changed. The same
 * sources give the same bytes.
 */

const ENTRY = 'src/page/dom/main.ts';
export const BUNDLE = 'dist/src/page/main.bundle.js';
export const DATA = 'dist/src/page/data.json';
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
  if ([BUNDLE, DATA, STAMP].some((path) => !existsSync(join(root, path)))) return false;
  try {
    const { inputs, stamp } = JSON.parse(readFileSync(join(root, STAMP), 'utf8')) as {
      inputs: string[];
      stamp: string;
    };
    return stampOf(root, inputs) === stamp;
  } catch {
    // Cut off by an interrupted build.
    return false;
  }
}

/** A page has no files: what reads them is replaced, and what asks for Node all the same is refused. */
function withoutFiles(root: string): Plugin {
  return {
    name: 'without files',
    setup(build) {
      build.onResolve({ filter: /\/(?:load-data|capture)\.ts$/ }, () => ({
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

/** What reads suites, beside the readers of captures, which are in the script as well. */
const READERS = [
  'cli/running/live-cells',
  'sensitivity/stored',
  'suite/load-suite',
  'suite/parse-suite',
  'suite/sweep',
].map((name) => `src/${name}.ts`);

/** The data as JSON, and the files that they come from. */
export async function buildData() {
  const [{ liveData }, { liveKnowledge, liveSuites }, { capturedTrips, filesOfCapture }] =
    await Promise.all([
      import('../src/live/live-data.ts'),
      import('../src/cli/running/live-cells.ts'),
      import('../src/workloads/captures.ts'),
    ]);
  const suites = liveSuites();
  const data = liveData(suites, capturedTrips, liveKnowledge());
  const captures = data.captures.flatMap(({ capture }) => filesOfCapture(capture));
  const analyses = data.analyses.map(({ scenario }) => `data/sensitivity/${scenario}.json`);
  const inputs = [...suites.map(({ file }) => file), ...captures, ...analyses, ...READERS];
  return { json: JSON.stringify(data), inputs };
}

export async function bundlePage(root: string = projectFolder()): Promise<void> {
  if (isUpToDate(root)) return;
  const [script, data] = await Promise.all([buildPage(root), buildData()]);
  mkdirSync(dirname(join(root, BUNDLE)), { recursive: true });
  writeFileSync(join(root, BUNDLE), script.bytes);
  writeFileSync(join(root, DATA), data.json);
  const own = fileURLToPath(import.meta.url).slice(root.length + 1);
  const all = [...script.inputs, ...data.inputs, 'package-lock.json', own].sort();
  writeFileSync(join(root, STAMP), JSON.stringify({ inputs: all, stamp: stampOf(root, all) }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundlePage();
