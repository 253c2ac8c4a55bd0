import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Evidence } from '../../../report/sections.ts';
import type { RunSummary } from '../../../run/results.ts';
import { harmless } from '../../../util/harmless.ts';
import { UserError } from '../../../util/user-error.ts';
import { fileSystemCause } from '../../output/errors.ts';
import { print } from '../../output/io.ts';
import { REPORT_HELP } from '../../output/messages.ts';
import type { StoredRun } from '../../run-folder/read-run.ts';
import { runJson } from '../../running/run-json.ts';

/** What makes the report in each format, loaded when it is asked for: Vega alone takes half a second. */
const FORMATS = {
  mail: async (run) => {
    const { renderMail } = await import('../../../report/mail.ts');
    return renderMail(await summaryOf(run));
  },
  md: async (run) => {
    const { renderMarkdown } = await import('../../../report/markdown.ts');
    return renderMarkdown(...(await withEvidence(run)));
  },
  html: async (run) => {
    const [{ renderHtml }, { livePage }] = await Promise.all([
      import('../../../report/html.ts'),
      import('../../running/live-page.ts'),
    ]);
    const [summary, evidence] = await withEvidence(run);
    return renderHtml(summary, evidence, livePage(summary));
  },
  csv: async ({ manifest, cells }) => {
    const { cellsCsv } = await import('../../../export/csv.ts');
    return cellsCsv(manifest, cells);
  },
  parquet: async ({ manifest, cells }) => {
    const { cellsParquet } = await import('../../../export/parquet.ts');
    return cellsParquet(manifest, cells);
  },
  json: async (run) => {
    const json = runJson(await summaryOf(run), join(run.folder, 'report.html'));
    return `${JSON.stringify(json, null, 2)}\n`;
  },
} as const satisfies Readonly<Record<string, (run: StoredRun) => Promise<string | Uint8Array>>>;

type Format = keyof typeof FORMATS;

interface ReportFlags {
  readonly format: Format;
  readonly out?: string;
}

/** `report DIR`: a finished run in another form, without running anything. */
export function reportCommand(): Command {
  return new Command('report')
    .description('print a finished run as mail, Markdown, HTML, CSV, Parquet or JSON')
    .argument('<dir>', 'folder that a run has written')
    .addOption(
      new Option('--format <name>', 'form of the report')
        .choices(Object.keys(FORMATS))
        .default('mail'),
    )
    .option('--out <file>', 'file to write instead of standard output')
    .addHelpText('after', REPORT_HELP)
    .action(async (folder: string, flags: ReportFlags) => {
      await report(folder, flags);
    });
}

async function report(folder: string, { format, out }: ReportFlags): Promise<void> {
  if (format === 'parquet' && out === undefined && process.stdout.isTTY) {
    const cause = 'it is binary and would fill the terminal with noise';
    throw new UserError('usage', '--format parquet', cause, 'Name a file with --out');
  }
  const { readRun } = await import('../../run-folder/read-run.ts');
  const content = await FORMATS[format](readRun(folder));
  if (out === undefined) print(content);
  else writeTo(out, content);
}

async function summaryOf({ manifest, cells }: StoredRun) {
  const { summarize } = await import('../../../run/summarize.ts');
  return summarize(manifest, cells);
}

async function withEvidence(run: StoredRun): Promise<[RunSummary, Evidence]> {
  const { evidenceFor } = await import('../../running/evidence.ts');
  const summary = await summaryOf(run);
  const ids = run.cells.map(({ cellId }) => cellId);
  return [summary, await evidenceFor(summary, ids)];
}

function writeTo(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, typeof content === 'string' ? harmless(content) : content);
  } catch (error) {
    const cause = `it can't be written: ${fileSystemCause(error)}`;
    throw new UserError('output', path, cause, 'Give --out a file that you may write');
  }
}
