import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * `npm run bench`: builds what has changed since the last time, then is the program. It is JavaScript since it
 * comes before any build, and does not ask the compiler whether there is anything to do, which would take
 * longer than most commands do.
 */

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** How everything that the build reads looked when it was last built; gone with dist. */
const STAMP = join(ROOT, 'dist/.bench-stamp');
const BUILD_INPUTS = [
  'src',
  'scripts',
  'suites',
  'data/nested-kvm',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.src.json',
];
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');

/** @returns {string} */
function stampOfInputs() {
  const files = BUILD_INPUTS.flatMap((name) => {
    const path = join(ROOT, name);
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  });
  return files
    .map((path) => {
      const { mtimeMs, size } = statSync(path);
      return `${path} ${mtimeMs} ${size}`;
    })
    .join('\n');
}

/** @param {string[]} words */
function runNode(words) {
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function build() {
  const stamp = stampOfInputs();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
  if (!existsSync(COMPILER)) {
    process.stderr.write(`${COMPILER}: the compiler is not there. Install it with npm ci.\n`);
    process.exit(1);
  }
  runNode([COMPILER, '-b', 'tsconfig.src.json']);
  runNode(['dist/scripts/bundle-page.js']);
  try {
    writeFileSync(STAMP, stamp);
  } catch {
    // A folder that may not be written to: the next start asks the compiler again.
  }
}

build();
await import('../dist/src/cli/main.js');
