import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSuites } from '../src/suite/load-suite.ts';
import {
  filesIn,
  hashOf,
  type IndexedFile,
  type ListedSuite,
  shippedFolder,
} from '../src/suite/suite-index.ts';

/** The text of suites/index.json: what `list` says of each suite, a line for each file. */
export function suiteIndexJson(folder: string = shippedFolder()): string {
  const lines = filesIn(folder).map((file): string => {
    const path = join(folder, file);
    const entry: IndexedFile = {
      file,
      sha256: hashOf(readFileSync(path)),
      suites: loadSuites(path).map(listed),
    };
    return JSON.stringify(entry);
  });
  return `[\n${lines.join(',\n')}\n]\n`;
}

function listed(suite: ListedSuite): ListedSuite {
  const { id, group, family, question, machines, strategies, baseline } = suite;
  const named = family === undefined ? { id, group } : { id, group, family };
  return { ...named, question, machines, strategies, baseline };
}

/** `npm run make -- index`: writes the index to the file that is named. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , target] = process.argv;
  if (target === undefined) {
    process.stderr.write('usage: make-suite-index OUTPUT.json\n');
    process.exitCode = 2;
  } else {
    writeFileSync(target, suiteIndexJson());
  }
}
