import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PassThrough, Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { ImportReport } from '../../importers/import-report.ts';
import type { PageSwitchSink } from '../../importers/importer.ts';
import { scenarioText } from '../../importers/scenario-text.ts';
import { programScenario, suiteId } from '../../importers/traces/program-scenario.ts';
import { DECOMPRESSED_LIMIT_BYTES } from '../../inputs/decompress.ts';
import { PageTraceEncoder, type PageTraceTitle } from '../../inputs/page-trace-encoder.ts';
import { inMebibytes } from '../../inputs/read-file.ts';
import { harmless } from '../../util/harmless.ts';
import { UserError } from '../../util/user-error.ts';
import { fileSystemCause } from '../output/errors.ts';

/** A finished trace and the suite that runs it. */
export interface WrittenTrace {
  readonly tracePath: string;
  readonly suitePath: string;
  readonly traceBytes: number;
  readonly pages: number;
  readonly records: number;
  /** What the import said, and what the suite assumes on top of it. */
  readonly report: ImportReport;
}

/** A page trace that is being written. */
export interface TraceOutput {
  readonly sink: PageSwitchSink;
  /** So far. */
  readonly pages: () => number;
  readonly records: () => number;
  /** Writes the trace and its suite; before that, neither name exists. */
  readonly finish: (title: TraceTitle, report: ImportReport) => Promise<WrittenTrace>;
  /** Removes what was written so far. */
  readonly abandon: () => void;
}

/** The name comes from the file's. */
export type TraceTitle = Omit<PageTraceTitle, 'name'>;

const ENDING = /\.ptr(?:\.br|\.gz)?$/;
/** The shipped traces are compressed like this; a window of 16 MiB finds a program's loops. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
};

function compressor(path: string): Transform {
  if (path.endsWith('.br')) return createBrotliCompress(BROTLI);
  return path.endsWith('.gz') ? createGzip() : new PassThrough();
}

function refuseOtherNames(path: string): void {
  if (ENDING.test(path)) return;
  const cause = 'the name of a page trace ends in .ptr, .ptr.br or .ptr.gz';
  throw new UserError('usage', path, cause, 'Give --out a name such as program.ptr.br');
}

/**
 * Begins a page trace in the file `path`, which ends in .ptr, .ptr.br or .ptr.gz. Its two streams
 * grow in files beside it, so that memory does not depend on its length. Throws
 * UserError('output') where it can't be written, or would overwrite a trace or a suite.
 */
export function openTraceOutput(path: string): TraceOutput {
  refuseOtherNames(path);
  const suitePath = path.replace(ENDING, '.yaml');
  for (const each of [path, suitePath]) if (existsSync(each)) throw inTheWay(each);
  const partial = {
    index: `${path}.index.partial`,
    clock: `${path}.clock.partial`,
    whole: `${path}.partial`,
  };
  const index = attempt(path, () => openSync(partial.index, 'w'));
  const clock = attempt(path, () => openSync(partial.clock, 'w'));
  let written = 0;
  const write = (file: number) => (bytes: Uint8Array) =>
    attempt(path, () => {
      written += bytes.length;
      if (written > DECOMPRESSED_LIMIT_BYTES) throw tooLong(path);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
  const encoder = new PageTraceEncoder({ index: write(index), clock: write(clock) });
  const removePartial = (): void => {
    for (const file of Object.values(partial)) rmSync(file, { force: true });
  };
  let isOpen = true;
  const close = (): void => {
    if (isOpen) for (const file of [index, clock]) closeSync(file);
    isOpen = false;
  };
  const abandon = (): void => {
    close();
    removePartial();
  };
  const finish = async (title: TraceTitle, report: ImportReport): Promise<WrittenTrace> => {
    const id = suiteId(basename(path).replace(ENDING, ''));
    const head = encoder.finish({ name: id, ...title });
    close();
    try {
      const whole = Readable.from(concatenated(head, partial.index, partial.clock));
      await pipeline(whole, compressor(path), createWriteStream(partial.whole));
    } catch (error) {
      removePartial();
      throw outputError(path, error);
    }
    const traceFile = basename(path);
    const scenario = programScenario({ id, traceFile, pages: encoder.pageCount, report });
    const suite = scenarioText(scenario.document, scenario.report);
    attempt(suitePath, () => writeFileSync(suitePath, harmless(suite), { flag: 'wx' }));
    attempt(path, () => renameSync(partial.whole, path));
    removePartial();
    return {
      tracePath: path,
      suitePath,
      traceBytes: statSync(path).size,
      pages: encoder.pageCount,
      records: encoder.records,
      report: scenario.report,
    };
  };
  return {
    sink: encoder,
    pages: () => encoder.pageCount,
    records: () => encoder.records,
    finish,
    abandon,
  };
}

/** The trace of a suite that is to be called `suitePath`; throws where that is no name of a suite. */
export function tracePathBeside(suitePath: string): string {
  if (/\.yaml$/.test(suitePath)) return suitePath.replace(/\.yaml$/, '.ptr.br');
  const cure = 'Give --out a name such as mine.yaml';
  throw new UserError('usage', suitePath, 'the name of a suite ends in .yaml', cure);
}

/** A name for a new trace in a folder: `name.ptr.br`, or with a number where that is taken. */
export function freeTracePath(folder: string, name: string): string {
  const id = suiteId(name);
  for (let number = 1; ; number += 1) {
    const stem = join(folder, number === 1 ? id : `${id}-${number}`);
    const isTaken = [`${stem}.ptr.br`, `${stem}.yaml`].some((path) => existsSync(path));
    if (!isTaken) return `${stem}.ptr.br`;
  }
}

async function* concatenated(head: Uint8Array, ...files: string[]): AsyncGenerator<Uint8Array> {
  yield head;
  for (const file of files) yield* createReadStream(file) as AsyncIterable<Uint8Array>;
}

/** Longer ones would be refused by the run that reads them. */
function tooLong(path: string): UserError {
  const cause = `the page trace grows beyond ${inMebibytes(DECOMPRESSED_LIMIT_BYTES)}`;
  return new UserError('output', path, cause, 'Record or cut a shorter part of the program');
}

function inTheWay(path: string): UserError {
  const cure = 'Give another name with --out, or remove it';
  return new UserError('output', path, 'there is such a file already', cure);
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw outputError(path, error);
  }
}

function outputError(path: string, error: unknown): UserError {
  return new UserError(
    'output',
    path,
    `can't be written in ${dirname(path)}: ${fileSystemCause(error)}`,
    'Give a place that you may write to with --out',
  );
}
