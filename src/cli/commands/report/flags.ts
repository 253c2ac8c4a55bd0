import { choiceOr, type FlagValues } from '../../flags/flag.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { OUT_FILE } from '../../flags/shared.ts';

/** Each form of a report with what it is. */
const FORMATS = {
  mail: 'plain text in 72 columns, for a cover letter or a reply',
  md: 'Markdown as GitHub reads it',
  html: 'one page with its figures in it',
  csv: 'a row per cell; docs/reference/formats.md has the columns and units',
  parquet: 'the same columns, typed',
  json: 'what "run --json" prints',
} as const;

export type Format = keyof typeof FORMATS;

const NAMES: readonly Format[] = ['mail', 'md', 'html', 'csv', 'parquet', 'json'];

const FLAGS = {
  format: choiceOr('--format <name>', 'form of the report', NAMES, 'mail'),
  out: { ...OUT_FILE, what: 'file to write instead of standard output' },
};

export type ReportFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [['<dir>', 'folder that a run has written']],
  flags: FLAGS,
  details: `
Formats:
${NAMES.map((name) => `  ${name.padEnd(9)}${FORMATS[name]}`).join('\n')}`,
  examples: [
    'report reports/example',
    'report reports/example --format csv --out cells.csv',
    'report reports/example --format md | less',
  ],
};
