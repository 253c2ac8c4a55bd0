import type { ImportReport } from './import-report.ts';
import type { ImportedProfile, ImportedSnapshot } from './profile.ts';

/** Decompressed bytes of one file, in pieces of any size. */
export type ByteSource = AsyncIterable<Uint8Array>;

/** An address trace, whose page switches went to the sink of the import. */
export interface ImportedTrace {
  readonly kind: 'trace';
  readonly format: string;
  readonly file: string;
  readonly report: ImportReport;
  readonly instructions: number;
  readonly dataAccesses: number;
  /** Page switches that the sink got. */
  readonly records: number;
}

/** What one file turned out to be. */
export type Imported = ImportedProfile | ImportedSnapshot | ImportedTrace;

/** Takes a trace as it is read, so that no trace is ever held in memory. */
export interface PageSwitchSink {
  /**
   * The program moves to another 4 KiB page; code and data are followed separately.
   * `page` is the virtual page number, `instructions` those executed since the call before.
   */
  readonly record: (page: number, isData: boolean, instructions: number) => void;
}

export interface ImportContext {
  /** The file's name in messages. */
  readonly name: string;
  /** Where an address trace goes; importers of profiles leave it alone. */
  readonly pageSwitches: PageSwitchSink;
  /** Clock of timestamps that count TSC cycles, if the user knows it. */
  readonly tscGhz: number | null;
}

export interface Detection {
  /** `certain`: no other format begins like this. `likely`: it parses, but so might another. */
  readonly confidence: 'certain' | 'likely';
}

/** One format. Files are told apart by content alone, never by name. */
export interface Importer {
  /** Short name for messages and JSON, such as `kvm-trace`. */
  readonly id: string;
  /** What it reads, as a noun phrase for people. */
  readonly reads: string;
  /** How to record it, in Markdown; empty where the tool's name says it. */
  readonly record: string;
  /** What it tells, in a few words. */
  readonly tells: string;
  /** Whether a file that begins with these bytes (at most 64 KiB, decompressed) is of this format. */
  readonly detect: (head: Uint8Array) => Detection | null;
  /**
   * Reads the whole file in constant memory. Throws `UserError('input')` with line and column, or
   * byte offset, for the first thing that can't be understood.
   */
  readonly import: (source: ByteSource, context: ImportContext) => Promise<Imported>;
}
