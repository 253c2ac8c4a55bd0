import type { PageTrace } from '../inputs/page-trace.ts';
import { prngFor } from '../util/prng.ts';

/** A program that is described instead of recorded. Page counts are of 4 KiB pages. */
export interface GeneratedTraceOptions {
  /** Pages of data that it comes back to. */
  readonly hotPages: number;
  readonly codePages: number;
  /** Exponent of Zipf's law for the popularity of hot pages; 0 is all alike. */
  readonly zipfExponent: number;
  /** Pages that it goes through once, one after another, and then again from the first. */
  readonly streamedPages: number;
  /** Share of its moves to another page that go to the next streamed one. */
  readonly streamedShare: number;
  /** Instructions between two moves to another page. */
  readonly instructionsPerMove: number;
}

const RECORDS = 200_000;
/** Where Linux puts programs and their mappings, as page numbers. */
const CODE_PAGE = 0x5_5555_5554;
const DATA_PAGE = 0x7_fff0_0000;
const STREAM_PAGE = 0x7_ff00_0000;
/** All seeds run the same program: only where its slices begin differs. */
const TRACE_SEED = 1;

/** The traces made last, by name; what was asked for last stands last. */
const made = new Map<string, PageTrace>();
/** Cells with one set of options follow each other, and a trace takes 1.6 MB. */
const TRACES_KEPT = 4;

/**
 * Moves between pages of code, hot data and streamed data. The same options give the same trace; it is
 * drawn again only where several others were asked for since.
 */
export function generatedTrace(options: GeneratedTraceOptions): PageTrace {
  const name = `generated ${JSON.stringify(options)}`;
  const trace = made.get(name) ?? makeTrace(options, name);
  made.delete(name);
  made.set(name, trace);
  const [oldest] = made.keys();
  if (made.size > TRACES_KEPT && oldest !== undefined) made.delete(oldest);
  return trace;
}

function makeTrace(options: GeneratedTraceOptions, name: string): PageTrace {
  const { codePages, hotPages, streamedPages } = options;
  const prng = prngFor(TRACE_SEED, name);
  const hot = new ZipfDraws(hotPages, options.zipfExponent);
  const code = new ZipfDraws(codePages, options.zipfExponent);
  const touches = new Int32Array(RECORDS);
  let streamed = 0;
  for (let at = 0; at < RECORDS; at += 1) {
    const draw = prng.nextFloat();
    if (streamedPages > 0 && draw < options.streamedShare) {
      touches[at] = (codePages + hotPages + streamed) * 2 + 1;
      streamed = (streamed + 1) % streamedPages;
    } else if (prng.nextFloat() < 0.5) {
      touches[at] = code.draw(prng.nextFloat()) * 2;
    } else {
      touches[at] = (codePages + hot.draw(prng.nextFloat())) * 2 + 1;
    }
  }
  return {
    name,
    source: 'generated',
    instructions: RECORDS * options.instructionsPerMove,
    records: RECORDS,
    pageNumbers: pageNumbers(options),
    touches,
    instructionGaps: new Int32Array(RECORDS).fill(options.instructionsPerMove),
  };
}

function pageNumbers({ codePages, hotPages, streamedPages }: GeneratedTraceOptions): Float64Array {
  const pages = new Float64Array(codePages + hotPages + streamedPages);
  for (let at = 0; at < pages.length; at += 1) {
    if (at < codePages) pages[at] = CODE_PAGE + at;
    else if (at < codePages + hotPages) pages[at] = DATA_PAGE + at - codePages;
    else pages[at] = STREAM_PAGE + at - codePages - hotPages;
  }
  return pages;
}

/** Draws of 0 … n-1 where the k-th is 1/k^s as likely as the first. */
class ZipfDraws {
  private readonly cumulative: Float64Array;

  constructor(many: number, exponent: number) {
    this.cumulative = new Float64Array(many);
    let sum = 0;
    for (let rank = 1; rank <= many; rank += 1) {
      sum += Math.exp(-exponent * Math.log(rank));
      this.cumulative[rank - 1] = sum;
    }
  }

  /** `at`: from 0 to below 1. */
  draw(at: number): number {
    const { cumulative } = this;
    const wanted = at * cumulative[cumulative.length - 1]!;
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (cumulative[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
