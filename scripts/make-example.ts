/** Writes report.md and report.html of the committed run anew, of its cells: `npm run make -- example`. */
import { program } from '../src/cli/program.ts';

const FOLDER = 'reports/example';

for (const format of ['md', 'html']) {
  const out = `${FOLDER}/report.${format}`;
  process.exitCode = await program(['report', FOLDER, '--format', format, '--out', out]);
  if (process.exitCode !== 0) break;
  process.stdout.write(`${out}\n`);
}
