/**
 * Makes captures of data/captures anew, with the emulator: `npm run make -- captures NAME...`, all of the table
 * without a name. A folder of a patched kernel needs its modules: `--modules DIR`. What is written replaces the folder.
 * Some minutes each when the emulator is built; a window has the same exits each time, but for interrupts.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { program } from '../src/cli/program.ts';

interface MadeCapture {
  /** Flags of `capture`. */
  readonly flags: readonly string[];
  /** Segments between mode switches whose pages are kept, from the first; more would say the same again. */
  readonly segments: number;
  /** Workloads whose pages are kept; the others keep their log alone. */
  readonly pagesOf: readonly string[];
  /** Its modules are a patched kernel's. */
  readonly isPatched?: true;
}

const TABLES = ['--l0', 'npt=1', '--l0', 'npt=0', '--l1', 'npt=1', '--l1', 'npt=0'];
const LOOPS = ['cpuid', 'npf32', 'pio', 'ptechurn64'];

/** Every folder of data/captures that `capture` makes, by its name. */
export const MADE_CAPTURES: Readonly<Record<string, MadeCapture>> = {
  stock: { flags: [...TABLES, '--workloads', LOOPS.join()], segments: 480, pagesOf: LOOPS },
  rfc: {
    flags: [...TABLES, '--workloads', LOOPS.join(), '--patch', 'all 24 patches'],
    segments: 480,
    pagesOf: LOOPS,
    isPatched: true,
  },
  'stock-exits': {
    flags: ['--workloads', 'ptechurn64,msr,hlt,interrupt,two-l2s,two-vcpus,linux-cpuid,fork,tcp'],
    segments: 320,
    pagesOf: ['msr', 'hlt', 'linux-cpuid', 'ptechurn64'],
  },
  'stock-nopku': {
    flags: ['--features=-pku', '--no-pages', '--workloads', 'cpuid'],
    segments: 0,
    pagesOf: [],
  },
  'stock-moves': {
    flags: ['--pcpus', '2', '--l1', 'npt=1', '--no-pages', '--workloads', 'moves'],
    segments: 0,
    pagesOf: [],
  },
};

interface Window {
  readonly workload: string;
  pages: string | null;
}

const [first, second] = process.argv.slice(2);
const modules = first === '--modules' ? second : undefined;
const named = process.argv.slice(modules === undefined ? 2 : 4);
for (const [name, capture] of Object.entries(MADE_CAPTURES)) {
  if (named.length > 0 && !named.includes(name)) continue;
  if (capture.isPatched === true && modules === undefined) {
    process.stderr.write(`${name}: left as it is; say --modules DIR with the patched modules\n`);
    continue;
  }
  const folder = join('data/captures', name);
  rmSync(folder, { recursive: true, force: true });
  const own = capture.isPatched === true ? ['--modules', modules ?? ''] : [];
  const code = await program(['capture', ...capture.flags, ...own, '--out', folder]);
  if (code !== 0) process.exit(code);
  trim(folder, capture);
}

/** Leaves out pages of windows that need none, and what comes after the wanted segments. */
function trim(folder: string, { segments, pagesOf }: MadeCapture): void {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { windows: Window[] };
  for (const window of manifest.windows) {
    if (window.pages === null) continue;
    const file = join(folder, window.pages);
    if (!pagesOf.includes(window.workload)) {
      rmSync(file);
      window.pages = null;
      continue;
    }
    const [header = '', ...rows] = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    const kept = rows.filter((row) => Number(row.slice(0, row.indexOf(','))) < segments);
    writeFileSync(file, gzipSync(`${[header, ...kept].join('\n')}\n`, { level: 9 }));
  }
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}
