import { DECOMPRESSED_LIMIT_BYTES } from '../../inputs/decompress.ts';
import { announcedBytes, readPageTrace } from '../../inputs/page-trace.ts';
import { inMebibytes } from '../../inputs/read-file.ts';
import { UserError } from '../../util/user-error.ts';
import type { PageSwitchSink } from '../importer.ts';
import { offsetError } from '../text-blocks.ts';
import { impossiblePage, PageSwitches } from './page-switches.ts';

/**
 * Decodes our own page traces. Their two streams lie one after the other, so the file is held in
 * memory as a run holds it, up to 192 MiB; every other format is read in constant memory.
 */
export class PageTraceDecoder {
  readonly switches: PageSwitches;
  /** The tool that recorded it; known at the end. */
  source = '';
  private readonly name: string;
  /** Until the header is whole, what was read; then as long as the header says. */
  private trace: Uint8Array = new Uint8Array();
  private isAnnounced = false;
  private used = 0;

  constructor(sink: PageSwitchSink, name: string) {
    this.name = name;
    this.switches = new PageSwitches(sink, (page) => offsetError(name, 0, impossiblePage(page)));
  }

  push(chunk: Uint8Array): void {
    if (!this.isAnnounced) {
      this.begin(chunk);
      return;
    }
    if (this.used + chunk.length > this.trace.length) {
      const cause = `the trace goes on after the ${this.trace.length} bytes that line 1 announces`;
      throw offsetError(this.name, this.trace.length, cause);
    }
    this.trace.set(chunk, this.used);
    this.used += chunk.length;
  }

  /** Takes memory for the trace once, when the header says how much, and never more than the limit. */
  private begin(chunk: Uint8Array): void {
    const head = Buffer.concat([this.trace, chunk]);
    const bytes = announcedBytes(head, this.name);
    this.trace = head;
    if (bytes === null) return;
    if (bytes > DECOMPRESSED_LIMIT_BYTES) {
      const cause = `the page trace is larger than ${inMebibytes(DECOMPRESSED_LIMIT_BYTES)}`;
      throw new UserError('input', this.name, cause, 'Record a shorter one');
    }
    this.isAnnounced = true;
    this.trace = new Uint8Array(bytes);
    this.push(head);
  }

  end(): void {
    const bytes = this.isAnnounced ? this.trace.subarray(0, this.used) : this.trace;
    const trace = readPageTrace(bytes, this.name);
    this.source = trace.source;
    const { switches } = this;
    let clock = 0;
    for (let record = 0; record < trace.records; record += 1) {
      const touch = trace.touches[record]!;
      const isData = touch % 2;
      const page = trace.pageNumbers[(touch - isData) / 2]!;
      clock += trace.instructionGaps[record]!;
      switches.execute(trace.instructionGaps[record]!);
      if (isData === 1) switches.access(page, 0, 1);
      else switches.fetch(page, 0, 1);
    }
    switches.execute(trace.instructions - clock);
  }
}
