import { join } from 'node:path';
import type { Evidence } from '../../../report/run/model.ts';
import type { RunSummary } from '../../../run/results.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { writeOut } from '../../files/write-file.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { readRun, type StoredRun } from '../../run-folder/read-run.ts';
import { runJson } from '../../running/run-json.ts';
import type { Format, ReportFlags } from './flags.ts';

/** What makes the report in each format, loaded when it is asked for: Vega alone takes half a second. */
const FORMATS: Readonly<Record<Format, (run: StoredRun) => Promise<string | Uint8Array>>> = {
  mail: async (run) => {
    const { renderMail } = await import('../../../report/run/mail.ts');
    return renderMail(...(await withKnown(run)));
  },
  md: async (run) => {
    const { renderMarkdown } = await import('../../../report/run/markdown.ts');
    return renderMarkdown(...(await withEvidence(run)));
  },
  html: async (run) => {
    const [{ renderHtml }, { livePage }] = await Promise.all([
      import('../../../report/run/page.ts'),
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
    const [summary, known] = await withKnown(run);
    return jsonText(runJson(summary, join(run.folder, 'report.html'), known));
  },
};

/** `report DIR`: a finished run in another form, without running anything. */
export async function perform(
  [folder = '']: readonly string[],
  { format, out }: ReportFlags,
): Promise<number> {
  if (format === 'parquet' && out === undefined && process.stdout.isTTY) {
    const cause = 'it is binary and would fill the terminal with noise';
    throw new UserError('usage', '--format parquet', cause, 'Name a file with --out');
  }
  const content = await FORMATS[format](readRun(folder));
  if (out === undefined) print(content);
  else writeOut('--out', out, content);
  return EXIT_CODES.ok;
}

async function summaryOf({ manifest, cells }: StoredRun) {
  const { summarize } = await import('../../../run/summarize.ts');
  return summarize(manifest, cells);
}

async function withKnown(run: StoredRun): Promise<[RunSummary, Evidence]> {
  const { knownOf } = await import('../../running/evidence.ts');
  const summary = await summaryOf(run);
  return [summary, await knownOf(summary, cellIdsOf(run))];
}

function cellIdsOf({ cells }: StoredRun): readonly string[] {
  return cells.map(({ cellId }) => cellId);
}

async function withEvidence(run: StoredRun): Promise<[RunSummary, Evidence]> {
  const { evidenceFor } = await import('../../running/evidence.ts');
  const summary = await summaryOf(run);
  return [summary, await evidenceFor(summary, cellIdsOf(run))];
}
