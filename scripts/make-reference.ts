/** Writes docs/reference.md: what the package exports, from the docstrings of the sources. */
import { writeFileSync } from 'node:fs';
import { referenceOf } from './reference/reference.ts';

writeFileSync(process.argv[2] ?? 'docs/reference.md', referenceOf('src/index.ts'));
