import { join } from 'node:path';
import type { Evidence } from '../../report/run/model.ts';
import { parseManifest } from '../../run/parse-run.ts';
import type { Manifest, RunSummary } from '../../run/results.ts';
import { planDifference, type RunPlan } from '../../run/run-plan.ts';
import { startSummary } from '../../run/summarize.ts';
import { EXIT_CODES, UserError } from '../../util/user-error.ts';
import { readText } from '../files/read-text.ts';
import { keptReport, type ReportTexts } from '../kept/kept-report.ts';
import { EMPTY_STORE, type Store } from '../kept/store.ts';
import { print } from '../output/io.ts';
import { finishedCells } from '../run-folder/read-run.ts';
import { FILES, type RunFolder, removePlan } from '../run-folder/run-folder.ts';
import type { SeenTrips } from './evidence.ts';
import type { KnownResults } from './live-cells.ts';
import { runJson } from './run-json.ts';

/** What a report is made with; nothing else has to wait for it. */
const reportModules = () =>
  Promise.all([
    import('../../report/run/page.ts'),
    import('../../report/run/markdown.ts'),
    import('./evidence.ts'),
    import('./live-page.ts'),
  ]);

/**
 * Loads what `writeReport` needs while the last cells are computed, but for Vega, which costs more memory than
 * it saves time. What fails here fails there again.
 */
export function prepareReport(): void {
  reportModules().catch(() => undefined);
}

/** What the command knows that the run's folder does not hold. */
export type Beside = Pick<Evidence, 'measured' | 'partial'>;

/** What of its cells a report shows and no summary holds, by cell id. */
export interface KeptOfCells {
  readonly trips: SeenTrips;
  readonly results: KnownResults;
}

/** A run whose cells are there. */
export interface ComputedRun {
  readonly summary: RunSummary;
  readonly cellIds: readonly string[];
  /** What saves to run some of it once more; absent: nobody kept it. */
  readonly kept?: KeptOfCells;
}

/** Writes the reports of a run whose cells are all there, then its manifest. */
export async function writeReport(
  folder: RunFolder,
  run: ComputedRun,
  store: Store = EMPTY_STORE,
  beside: Beside = {},
): Promise<void> {
  const { manifest } = run.summary;
  const results = join(folder.path, FILES.results);
  const texts = await keptReport(store, { results, manifest, beside }, () =>
    reportTexts(run, beside),
  );
  folder.finish({ manifest, ...texts });
}

/** Makes the texts of a report. */
export async function reportTexts(
  { summary, cellIds, kept }: ComputedRun,
  beside: Beside,
): Promise<ReportTexts> {
  const [{ renderHtml }, { renderMarkdown }, { evidenceFor }, { livePage }] = await reportModules();
  const evidence = { ...(await evidenceFor(summary, cellIds, kept?.trips)), ...beside };
  const html = await renderHtml(summary, evidence, livePage(summary, kept?.results));
  return { markdown: renderMarkdown(summary, evidence), html };
}

/** Prints a finished run, and returns the exit code. */
export async function printSummary(
  summary: RunSummary,
  cellIds: readonly string[],
  folder: string,
  asJson: boolean,
  beside: Beside = {},
): Promise<number> {
  const { knownOf } = await import('./evidence.ts');
  const known = { ...(await knownOf(summary, cellIds)), ...beside };
  const report = join(folder, FILES.html);
  if (asJson) {
    print(`${JSON.stringify(runJson(summary, report, known), null, 2)}\n`);
  } else {
    const { renderTerminal } = await import('../../report/run/terminal.ts');
    print(`${renderTerminal(summary, known).trimEnd()}\n\nReport: ${report}\n`);
  }
  return isAsExpected(summary) ? EXIT_CODES.ok : EXIT_CODES.verdict;
}

/** Resuming a finished run shows it, and computes and writes nothing. */
export async function showFinishedRun(
  folder: string,
  plan: RunPlan,
  asJson: boolean,
): Promise<number> {
  const path = join(folder, FILES.manifest);
  const manifest = parseManifest(readText(path, 'Check the folder of the run'), path);
  const difference = planDifference({ ...plan, manifest }, plan);
  if (difference !== null) {
    const cure = 'Nothing was changed. Run in another folder';
    throw new UserError('input', folder, `the finished run in it ${difference}`, cure);
  }
  removePlan(folder);
  return printSummary(
    summaryOfFile(manifest, join(folder, FILES.results)),
    plan.cellIds,
    folder,
    asJson,
  );
}

/** The summary of a results file, read a line at a time. */
function summaryOfFile(manifest: Manifest, path: string): RunSummary {
  const summary = startSummary(manifest);
  for (const cell of finishedCells(manifest, path)) summary.add(cell);
  return summary.finish();
}

function isAsExpected(summary: RunSummary): boolean {
  return summary.scenarios.every((scenario) => scenario.expectations.every((each) => each.met));
}
