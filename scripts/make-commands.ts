/** Writes docs/reference/commands.md, of the program's help: `npm run make -- commands`. */
import { writeFileSync } from 'node:fs';
import { commandsPage } from './reference/commands.ts';

writeFileSync(process.argv[2] ?? 'docs/reference/commands.md', await commandsPage());
