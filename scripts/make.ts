import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suggest } from '../src/util/suggest.ts';
import { EXIT_CODES } from '../src/util/user-error.ts';
import { definition, nameColumns } from '../src/util/wrap.ts';
import { MADE } from './made.ts';

/*
 * `npm run make -- NAME` makes or measures what the table says. What follows the name is for the script; without a name
 * they are listed.
 */

/** dist/, where this file lies in scripts/. */
const BUILT = dirname(dirname(fileURLToPath(import.meta.url)));

function listing(): string {
  const columns = nameColumns(Object.keys(MADE));
  const lines = Object.entries(MADE).map(([name, { what }]) => definition(name, what, columns));
  return `Usage: npm run make -- NAME\n\n${lines.join('\n')}\n`;
}

function make(name: string, more: readonly string[]): number {
  const made = MADE[name];
  if (made === undefined) {
    const close = suggest(name, Object.keys(MADE));
    const question = close === undefined ? '' : ` Did you mean "${close}"?`;
    process.stderr.write(`make: there is no "${name}".${question} See all with npm run make.\n`);
    return EXIT_CODES.usage;
  }
  const module = made.script === undefined ? 'src/cli/main.js' : `scripts/${made.script}.js`;
  const words = [join(BUILT, module), ...(made.words ?? []), ...more];
  return spawnSync(process.execPath, words, { stdio: 'inherit' }).status ?? 1;
}

const [name, ...more] = process.argv.slice(2);
if (name === undefined || name === '--help') process.stdout.write(listing());
else process.exitCode = make(name, more);
