import type { PageSwitchSink } from '../importer.ts';

/**
 * Passes on a part of a trace: begins after `skip` instructions, on the pages that are current
 * then, and ends `length` instructions later.
 */
export class TraceWindow implements PageSwitchSink {
  private readonly sink: PageSwitchSink;
  private readonly skip: number;
  private readonly end: number;
  private clock = 0;
  private passed = 0;
  private codePage = -1;
  private dataPage = -1;
  private isOpen: boolean;
  private isOver = false;

  /** `skip` and `length` in instructions; `length` may be infinite. */
  constructor(sink: PageSwitchSink, skip: number, length: number) {
    this.sink = sink;
    this.skip = skip;
    this.end = skip + length;
    this.passed = skip;
    this.isOpen = skip === 0;
  }

  /** True once nothing more will be passed on. */
  get over(): boolean {
    return this.isOver;
  }

  /** Instructions of the window, if the whole trace executed as many as given. */
  lengthOf(instructions: number): number {
    return Math.max(0, Math.min(instructions, this.end) - this.skip);
  }

  record(page: number, isData: boolean, instructions: number): void {
    this.clock += instructions;
    if (this.clock > this.end) {
      this.isOver = true;
      return;
    }
    if (this.clock <= this.skip) {
      if (isData) this.dataPage = page;
      else this.codePage = page;
      return;
    }
    if (!this.isOpen) this.open();
    this.sink.record(page, isData, this.clock - this.passed);
    this.passed = this.clock;
  }

  private open(): void {
    this.isOpen = true;
    if (this.codePage >= 0) this.sink.record(this.codePage, false, 0);
    if (this.dataPage >= 0) this.sink.record(this.dataPage, true, 0);
  }
}
