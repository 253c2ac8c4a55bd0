import { DECOMPRESSED_LIMIT_BYTES } from '../../inputs/decompress.ts';
import { readPageTrace } from '../../inputs/page-trace.ts';
import { UserError } from '../../util/user-error.ts';
import type { PageSwitchSink } from '../importer.ts';
import { offsetError } from '../text-blocks.ts';
import { impossiblePage, PageSwitches } from './page-switches.ts';

/**
 * Decodes our own page traces. Their two streams lie one after the other, so the file is held in
 * memory as a run holds it, up to 1 GiB; every other format is read in constant memory.
 */
export class PageTraceDecoder {
  readonly switches: PageSwitches;
  /** The tool that recorded it; known at the end. */
  source = '';
  private readonly name: string;
  private readonly chunks: Uint8Array[] = [];
  private bytes = 0;

  constructor(sink: PageSwitchSink, name: string) {
    this.name = name;
    this.switches = new PageSwitches(sink, (page) => offsetError(name, 0, impossiblePage(page)));
  }

  push(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    if (this.bytes > DECOMPRESSED_LIMIT_BYTES) {
      const cause = `the page trace is larger than ${DECOMPRESSED_LIMIT_BYTES} bytes`;
      throw new UserError('input', this.name, cause, 'Record a shorter one');
    }
    this.chunks.push(Uint8Array.from(chunk));
  }

  end(): void {
    const trace = readPageTrace(Buffer.concat(this.chunks), this.name);
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
