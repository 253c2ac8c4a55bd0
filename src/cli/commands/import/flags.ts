import { IMPORTERS } from '../../../importers/registry.ts';
import { wrap } from '../../../util/wrap.ts';
import type { FlagValues } from '../../flags/flag.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { ID, JSON_OBJECT, MACHINE, OUT_FILE, SECONDS, TSC_GHZ } from '../../flags/shared.ts';

const FLAGS = {
  seconds: SECONDS,
  tscGhz: TSC_GHZ,
  id: ID,
  machine: { ...MACHINE, what: 'machine that the suite names (default: zen3-milan)' },
  out: { ...OUT_FILE, what: `suite: ${OUT_FILE.what}` },
  json: JSON_OBJECT,
};

export type ImportFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [['<file...>', 'files of one host, compressed or plain; "-" is standard input']],
  flags: FLAGS,
  details: `
Takes:
${IMPORTERS.map(({ reads }) => wrap(reads, '  ')).join('\n')}
Formats and compression (gz, zst, xz, br) are told from the content. Several
files are of one host; what one does not tell, another may.
What is not known becomes a range in the suite, and is printed.`,
  examples: [
    'import trace.txt.gz',
    'import before.txt after.txt --seconds 10 --out mine.yaml',
    'run mine.yaml',
  ],
};
