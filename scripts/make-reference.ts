/** Writes docs/reference/api.md: what the package exports, from the docstrings of the sources. */
import { writeFileSync } from 'node:fs';
import { entriesOf, referenceOf } from './reference/reference.ts';

writeFileSync(process.argv[2] ?? 'docs/reference/api.md', referenceOf(entriesOf('src/index.ts')));
