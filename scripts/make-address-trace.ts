import { closeSync, openSync, writeSync } from 'node:fs';
import { MADE_FORMATS, type MadeFormat, madeTrace } from './importer-bench/made-traces.ts';

/** `node dist/scripts/make-address-trace.js lackey 2000000000 big.lk`: a big file to import. */
const [format = '', bytes = '', path = ''] = process.argv.slice(2);
if (!isFormat(format) || !(Number(bytes) > 0) || path === '') {
  process.stderr.write(
    `Usage: make-address-trace.js FORMAT BYTES FILE\nFORMAT: ${Object.keys(MADE_FORMATS).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  const file = openSync(path, 'w');
  for (const piece of madeTrace(format, Number(bytes))) writeSync(file, piece);
  closeSync(file);
}

function isFormat(word: string): word is MadeFormat {
  return word in MADE_FORMATS;
}
