/**
 * Makes captures of data/captures anew, with the emulator: `npm run make -- captures NAME...`, all of the table
 * without a name. A folder of a patched kernel needs its modules: `--modules DIR`. What is written replaces the folder.
 * Some minutes each when the emulator is built; a window has the same exits each time, but for interrupts.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { program } from '../src/cli/program.ts';
import { MADE_CAPTURES, type MadeCapture } from './made-captures.ts';

interface Window {
  readonly workload: string;
  pages: string | null;
  sequence: string | null;
}

const [first, second] = process.argv.slice(2);
const modules = first === '--modules' ? second : undefined;
const named = process.argv.slice(modules === undefined ? 2 : 4);
const scratch = mkdtempSync(join(tmpdir(), 'asidbench-captures-'));
for (const [name, capture] of Object.entries(MADE_CAPTURES)) {
  if (named.length > 0 && !named.includes(name)) continue;
  if (capture.isPatched === true && modules === undefined) {
    process.stderr.write(`${name}: left as it is; say --modules DIR with the patched modules\n`);
    continue;
  }
  const own = capture.isPatched === true ? ['--modules', modules ?? ''] : [];
  // What is there stays until something whole can take its place.
  const made = join(scratch, name);
  const code = await program(['capture', ...capture.flags, ...own, '--out', made]);
  if (code !== 0) process.exit(code);
  trim(made, capture);
  const folder = join('data/captures', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(made, folder, { recursive: true });
}
rmSync(scratch, { recursive: true });

/** Leaves out pages of windows that need none, and what comes after the wanted segments. */
function trim(folder: string, { segments, pagesOf }: MadeCapture): void {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { windows: Window[] };
  for (const window of manifest.windows) {
    if (window.pages === null) continue;
    const file = join(folder, window.pages);
    if (!pagesOf.includes(window.workload)) {
      rmSync(file);
      if (window.sequence !== null) rmSync(join(folder, window.sequence));
      window.pages = window.sequence = null;
      continue;
    }
    if (window.sequence !== null) cutSequence(join(folder, window.sequence), segments);
    const [header = '', ...rows] = gunzipSync(readFileSync(file)).toString().trimEnd().split('\n');
    const kept = rows.filter((row) => Number(row.slice(0, row.indexOf(','))) < segments);
    writeFileSync(file, gzipSync(`${[header, ...kept].join('\n')}\n`, { level: 9 }));
  }
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

function cutSequence(file: string, segments: number): void {
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');
  const end = lines.findIndex(
    (line) => line.startsWith('S ') && Number(line.split(' ')[1]) >= segments,
  );
  if (end >= 0) writeFileSync(file, gzipSync(`${lines.slice(0, end).join('\n')}\n`, { level: 9 }));
}
