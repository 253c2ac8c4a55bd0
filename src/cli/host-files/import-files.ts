import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { combine } from '../../importers/combine.ts';
import { importFile } from '../../importers/import-file.ts';
import type { ImportReport } from '../../importers/import-report.ts';
import type {
  ByteSource,
  Imported,
  ImportedTrace,
  PageSwitchSink,
} from '../../importers/importer.ts';
import type { ImportedProfile } from '../../importers/profile.ts';
import { type Scenario, type ScenarioOptions, scenarioOf } from '../../importers/scenario.ts';
import { scenarioText } from '../../importers/scenario-text.ts';
import { UserError } from '../../util/user-error.ts';
import { freePath } from '../files/free-path.ts';
import { makeFolder, writeNew } from '../files/write-file.ts';
import { type Progress, startTerminalProgress } from '../output/progress.ts';
import { externalDecoder, openInput } from './open-input.ts';
import { openTraceOutput, type TraceOutput, type WrittenTrace } from './trace-file.ts';

/** Flags that say what the files do not. */
export interface HostFlags {
  readonly seconds?: number | undefined;
  readonly tscGhz?: number | undefined;
}

export interface ImportedFiles {
  /** Null: the files hold address traces only. */
  readonly profile: ImportedProfile | null;
  readonly traces: readonly { readonly imported: ImportedTrace; readonly written: WrittenTrace }[];
}

/**
 * Reads all files, one after the other; address traces are written as page traces to paths that
 * `tracePath` gives. Throws `UserError` for the first thing that is wrong; traces that were written
 * before it stay.
 */
export async function importFiles(
  files: readonly string[],
  flags: HostFlags,
  tracePath: (file: string) => string,
): Promise<ImportedFiles> {
  const imported: Imported[] = [];
  const traces: ImportedFiles['traces'][number][] = [];
  for (const file of files) {
    const one = await importOne(file, flags, () => tracePath(file));
    if (one.written === null) imported.push(one.imported);
    else traces.push({ imported: one.imported, written: one.written });
  }
  const { profile } = combine(imported, flags.seconds ?? null);
  return { profile, traces };
}

type One =
  | { readonly imported: Exclude<Imported, ImportedTrace>; readonly written: null }
  | { readonly imported: ImportedTrace; readonly written: WrittenTrace };

async function importOne(name: string, flags: HostFlags, tracePath: () => string): Promise<One> {
  const trace = new LazyTrace(tracePath);
  const context = { name, tscGhz: flags.tscGhz ?? null, pageSwitches: trace };
  const input = openInput(name);
  const progress = startTerminalProgress(0, `MiB of ${basename(name)}`);
  try {
    const counted = countedBytes(input, sizeOf(name), progress);
    const imported = await importFile(counted, context, externalDecoder);
    if (imported.kind !== 'trace') return { imported, written: null };
    return { imported, written: await trace.finish(imported) };
  } catch (error) {
    trace.abandon();
    throw error;
  } finally {
    progress.finish();
    input.close();
  }
}

/** The same bytes, with progress by what has been read where the whole is known. */
async function* countedBytes(
  source: ByteSource,
  size: number | null,
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of source) {
    yield piece;
    read += piece.length;
    if (size !== null) progress.advance(toMebibytes(read), toMebibytes(size));
  }
}

/** Bytes of a regular file that takes long enough for anybody to wait; null for anything else. */
function sizeOf(path: string): number | null {
  const found = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.size >= LARGE_BYTES ? found.size : null;
}

function toMebibytes(bytes: number): number {
  return Math.ceil(bytes / MEBIBYTE);
}

/** Nothing is written for a file until its first page switch shows that it is a trace. */
class LazyTrace implements PageSwitchSink {
  private readonly path: () => string;
  private output: TraceOutput | null = null;

  constructor(path: () => string) {
    this.path = path;
  }

  record(page: number, isData: boolean, instructions: number): void {
    this.output ??= openTraceOutput(this.path());
    this.output.sink.record(page, isData, instructions);
  }

  async finish(imported: ImportedTrace): Promise<WrittenTrace> {
    const output = this.output ?? openTraceOutput(this.path());
    this.output = output;
    const title = { source: imported.format, instructions: imported.instructions };
    return output.finish(title, imported.report);
  }

  abandon(): void {
    this.output?.abandon();
  }
}

const MEBIBYTE = 1_048_576;
/** Read in less than a second. */
const LARGE_BYTES = 4 * MEBIBYTE;
const COMPRESSED = /\.(?:gz|zst|xz|br)$/;
const ENDING = /\.(?:txt|log|trace|csv|json|dat|before|after)$/;
const LONGEST_ID = 48;

/** A name for a suite after a file: what an id may not hold becomes a hyphen. */
export function scenarioId(file: string): string {
  const stem = basename(file).replace(COMPRESSED, '').replace(ENDING, '');
  const id = stem.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return id === '' ? 'imported' : id.slice(0, LONGEST_ID);
}

/** Everything that import and scenario say, together. */
function wholeReport(profile: ImportedProfile, scenario: Scenario): ImportReport {
  const { understood, unknown, assumed } = profile.report;
  return { understood, unknown, assumed: [...assumed, ...scenario.report.assumed] };
}

/** A scenario of a profile, with its YAML text. */
export function makeScenario(
  profile: ImportedProfile,
  options: ScenarioOptions,
): { readonly scenario: Scenario; readonly report: ImportReport; readonly text: string } {
  const scenario = scenarioOf(profile, options);
  const report = wholeReport(profile, scenario);
  return { scenario, report, text: scenarioText(scenario.document, report) };
}

/** Where nothing was said: `reports/ID.yaml`, with a number where that is taken. */
export function freeScenarioPath(id: string): string {
  return freePath('reports', id, '.yaml');
}

/** Writes a scenario. Throws UserError('output') where it can't, or where a file is in the way. */
export function writeScenario(path: string, text: string): void {
  if (!/\.ya?ml$/.test(path)) {
    const cure = 'Give --out a name such as mine.yaml';
    throw new UserError('usage', path, 'the name of a suite ends in .yaml', cure);
  }
  makeFolder(dirname(path));
  writeNew(path, text);
}
