/**
 * Makes captures of data/captures anew, with the emulator: `npm run make -- captures NAME...`, all of the table
 * without a name. A folder of a patched kernel needs its modules: `--modules DIR`. What is written replaces the folder.
 * Some minutes each when the emulator is built; a window has the same exits each time, but for interrupts.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants, gunzipSync } from 'node:zlib';
import { program } from '../src/cli/program.ts';
import { MADE_CAPTURES, type MadeCapture } from './made-captures.ts';

/** Windows repeat themselves at distances that gzip does not see. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
};

interface Window {
  log: string;
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

/** Leaves out pages of windows that need none, and what comes after the wanted segments; packs the rest tighter. */
function trim(folder: string, { segments, pagesOf }: MadeCapture): void {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { windows: Window[] };
  for (const window of manifest.windows) {
    window.log = inBrotli(folder, window.log, unpacked(folder, window.log));
    if (window.pages === null) continue;
    if (!pagesOf.includes(window.workload)) {
      rmSync(join(folder, window.pages));
      if (window.sequence !== null) rmSync(join(folder, window.sequence));
      window.pages = window.sequence = null;
      continue;
    }
    if (window.sequence !== null) {
      const text = unpacked(folder, window.sequence);
      window.sequence = inBrotli(folder, window.sequence, cutSequence(text, segments));
    }
    const [header = '', ...rows] = unpacked(folder, window.pages).trimEnd().split('\n');
    const kept = rows.filter((row) => Number(row.slice(0, row.indexOf(','))) < segments);
    window.pages = inBrotli(folder, window.pages, `${[header, ...kept].join('\n')}\n`);
  }
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What comes before a segment. */
function cutSequence(text: string, segments: number): string {
  const lines = text.split('\n');
  const end = lines.findIndex(
    (line) => line.startsWith('S ') && Number(line.split(' ')[1]) >= segments,
  );
  return end < 0 ? text : `${lines.slice(0, end).join('\n')}\n`;
}

/** Writes the content in place of a gzip; returns where. */
function inBrotli(folder: string, gzipped: string, content: string | Uint8Array): string {
  const path = gzipped.replace(/\.gz$/, '.br');
  writeFileSync(join(folder, path), brotliCompressSync(content, BROTLI));
  rmSync(join(folder, gzipped));
  return path;
}

function unpacked(folder: string, gzipped: string): string {
  return gunzipSync(readFileSync(join(folder, gzipped))).toString();
}
