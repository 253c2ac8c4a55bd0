import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
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
import { UserError } from '../../util/user-error.ts';
import { freePath } from '../files/free-path.ts';
import { attempt, outputError, writeNew } from '../files/write-file.ts';

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
  const parts = openParts(path);
  const encoder = new PageTraceEncoder({ index: parts.index, clock: parts.clock });
  return {
    sink: encoder,
    pages: () => encoder.pageCount,
    records: () => encoder.records,
    finish: async (title, given) => {
      const id = suiteId(basename(path).replace(ENDING, ''));
      await parts.join(encoder.finish({ name: id, ...title }));
      const traceFile = basename(path);
      const { document, report } = programScenario({
        id,
        traceFile,
        pages: encoder.pageCount,
        report: given,
      });
      writeNew(suitePath, scenarioText(document, report));
      parts.name();
      const { pageCount: pages, records } = encoder;
      return {
        tracePath: path,
        suitePath,
        traceBytes: statSync(path).size,
        pages,
        records,
        report,
      };
    },
    abandon: parts.remove,
  };
}

/** The files beside a trace that it grows in. */
interface TraceParts {
  readonly index: (bytes: Uint8Array) => void;
  readonly clock: (bytes: Uint8Array) => void;
  /** Writes the whole trace, still under another name. */
  readonly join: (head: Uint8Array) => Promise<void>;
  /** Gives it its name. */
  readonly name: () => void;
  readonly remove: () => void;
}

function openParts(path: string): TraceParts {
  const names = ['index', 'clock'].map((name) => `${path}.${name}.partial`);
  const whole = `${path}.partial`;
  const files = names.map((name) => attempt(path, () => openSync(name, 'w')));
  let isOpen = true;
  const close = (): void => {
    if (isOpen) for (const file of files) closeSync(file);
    isOpen = false;
  };
  const remove = (): void => {
    close();
    for (const file of [...names, whole]) rmSync(file, { force: true });
  };
  let written = 0;
  const write = (file: number) => (bytes: Uint8Array) =>
    attempt(path, () => {
      written += bytes.length;
      if (written > DECOMPRESSED_LIMIT_BYTES) throw tooLong(path);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
  return {
    index: write(files[0]!),
    clock: write(files[1]!),
    join: async (head) => {
      close();
      try {
        const bytes = Readable.from(concatenated(head, ...names));
        await pipeline(bytes, compressor(path), createWriteStream(whole));
      } catch (error) {
        remove();
        throw outputError(path, error);
      }
    },
    name: () => {
      attempt(path, () => renameSync(whole, path));
      remove();
    },
    remove,
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
  return freePath(folder, id, '.ptr.br', (path) =>
    [path, path.replace(ENDING, '.yaml')].some((each) => existsSync(each)),
  );
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
