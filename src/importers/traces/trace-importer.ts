import { UserError } from '../../util/user-error.ts';
import { peekHead } from '../head.ts';
import type { ImportReport, Statement } from '../import-report.ts';
import type { Detection, Importer, PageSwitchSink } from '../importer.ts';
import { offsetError } from '../text-blocks.ts';
import type { PageSwitches } from './page-switches.ts';

/** Takes a decompressed file in chunks of any size; where they are cut makes no difference. */
export interface TraceDecoder {
  readonly switches: PageSwitches;
  /** Throws `UserError` for the first thing that can't be understood. Chunks are not kept. */
  readonly push: (chunk: Uint8Array) => void;
  /** To be called at the end of the file; throws where it ends too early. */
  readonly end: () => void;
}

/** Sentences about a finished import, each without its full stop. */
export interface TraceNotes {
  readonly understood?: readonly string[];
  readonly unknown: readonly string[];
  readonly assumed: readonly string[];
}

/** A format of address traces. */
export interface TraceFormat<Decoder extends TraceDecoder> {
  readonly id: string;
  readonly reads: string;
  /** How to record it, in Markdown. */
  readonly record: string;
  readonly detect: (head: Uint8Array) => Detection | null;
  /** The cause for which a file of this format can't be read, by its first bytes. */
  readonly refuse?: (head: Uint8Array) => string | null;
  /** What to do about a trace without instructions. */
  readonly cureForData?: string;
  readonly makeDecoder: (sink: PageSwitchSink, name: string) => Decoder;
  readonly notes: (decoder: Decoder) => TraceNotes;
}

/** The importer of a format of address traces. */
export function traceImporter<Decoder extends TraceDecoder>(
  format: TraceFormat<Decoder>,
): Importer {
  const { id, reads, record, detect } = format;
  return {
    id,
    reads,
    record,
    tells: 'what L2 touches',
    detect,
    import: async (source, { name, pageSwitches }) => {
      const peeked = await peekHead(source);
      const cause = format.refuse?.(peeked.head) ?? null;
      if (cause !== null) throw offsetError(name, 0, cause, `Give ${reads}`);
      const decoder = format.makeDecoder(pageSwitches, name);
      for await (const chunk of peeked.source) decoder.push(chunk);
      decoder.end();
      const { instructions, dataAccesses, records } = decoder.switches;
      if (records === 0) {
        const cause = 'the trace holds no access of memory';
        throw new UserError('input', name, cause, 'Record it again, to the end of the program');
      }
      const report = traceReport(decoder.switches, format.notes(decoder));
      if (instructions === 0) {
        const cause =
          'the trace holds data accesses alone: no instruction, and so no time between exits';
        throw new UserError(
          'input',
          name,
          cause,
          format.cureForData ?? 'Record instructions as well',
        );
      }
      return { kind: 'trace', format: id, file: name, instructions, dataAccesses, records, report };
    },
  };
}

/** What a decoded trace says of itself: how much is in it, then the notes of its format. */
function traceReport(switches: PageSwitches, notes: TraceNotes): ImportReport {
  const counted =
    `${counts(switches.instructions)} instructions and ` +
    `${counts(switches.dataAccesses)} data accesses, ` +
    `${counts(switches.records)} moves to another page`;
  return {
    understood: [counted, ...(notes.understood ?? [])].map(statement),
    unknown: notes.unknown.map(statement),
    assumed: notes.assumed.map(statement),
  };
}

function statement(text: string): Statement {
  return { text, source: null };
}

/** A whole number with commas between thousands. */
export function counts(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** The first lines of a text file, without their line ends; a cut one at the end is left out. */
export function firstLines(head: Uint8Array, count: number): string[] {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  const lines = text.split('\n', count + 1).map((line) => line.replace(/\r$/, ''));
  return lines.slice(0, Math.min(count, lines.length - 1));
}
