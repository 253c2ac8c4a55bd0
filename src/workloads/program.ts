import { KIND } from '../cost/ledger.ts';
import type { MachineConfig } from '../hardware/machine-config.ts';
import type { TouchStream } from '../hardware/touch-stream.ts';
import type { PageTrace } from '../inputs/page-trace.ts';
import type { Parameter } from '../units/parameter.ts';
import type { Prng } from '../util/prng.ts';
import { rowsInOrder } from './stream-cache.ts';
import type { Place } from './world.ts';

/** User code of a program that misses no TLB: slower than an exit handler, which misses little else. */
export const PROGRAM_CYCLES_PER_INSTRUCTION: Parameter = {
  value: 1,
  low: 0.5,
  high: 2,
  unit: 'cycles/instruction',
  confidence: 'assumed',
  source:
    'no counter was read while the traces were taken; server programs retire 0.5 to 2 instructions a cycle',
};

/** A machine's prices with user code of a program in L2 instead of kernel code. */
export function withProgramPrice<Machine extends Pick<MachineConfig, 'prices'>>(
  config: Machine,
  l2Instruction: number = PROGRAM_CYCLES_PER_INSTRUCTION.value,
): Machine {
  const simple = { ...config.prices.simple, l2Instruction };
  return { ...config, prices: { ...config.prices, simple } };
}

/** Nanoseconds of a reflected round trip that are not L2's: the published Milan rate, rounded. */
const ROUND_TRIP_NANOSECONDS = 3_500;
const FEWEST_INSTRUCTIONS = 100;

/** Instructions that L2 executes between two reflected exits at a rate, on average. */
export function instructionsBetweenExits(
  exitsPerSecond: number,
  frequencyGhz: number,
  cyclesPerInstruction: number = PROGRAM_CYCLES_PER_INSTRUCTION.value,
): number {
  const nanoseconds = 1e9 / exitsPerSecond - ROUND_TRIP_NANOSECONDS;
  const instructions = (nanoseconds * frequencyGhz) / cyclesPerInstruction;
  return Math.max(FEWEST_INSTRUCTIONS, Math.round(instructions));
}

/** The rate of exits at which L2 executes that many instructions between two of them. */
export function exitsPerSecondFor(instructions: number, frequencyGhz: number): number {
  const nanoseconds = (instructions * PROGRAM_CYCLES_PER_INSTRUCTION.value) / frequencyGhz;
  return 1e9 / (nanoseconds + ROUND_TRIP_NANOSECONDS);
}

const BLOCK = 128;
const sumsOfTrace = new WeakMap<Int32Array, Float64Array>();

/** A recorded program as L2, run slice by slice; at its end it begins again. */
export class ProgramInL2 {
  private readonly place: Place;
  private readonly trace: PageTrace;
  private readonly stream: TouchStream;
  private readonly prng: Prng;
  private readonly meanInstructions: number;
  private readonly blockInstructions: Float64Array;
  private next: number;
  /** The code and the data page that the program is on: touched again after each exit. */
  private codeRow = -1;
  private dataRow = -1;

  constructor(place: Place, trace: PageTrace, meanInstructions: number, prng: Prng) {
    this.place = place;
    this.trace = trace;
    this.prng = prng;
    this.meanInstructions = meanInstructions;
    this.stream = place.stream(2, trace.pageNumbers, trace.touches);
    this.blockInstructions = blockInstructions(trace);
    this.next = prng.nextInt(trace.records);
  }

  /** Rows of the pages that the program touches, in the order of their first touches. */
  rows(): Int32Array {
    return rowsInOrder(this.stream);
  }

  /** Runs until the next exit: exponentially distributed instructions, drawn from the seed. */
  runSlice(): void {
    const { pcpu } = this.place;
    const { ledger } = this.place.world;
    const draw = -Math.log(1 - this.prng.nextFloat());
    let left = Math.max(1, Math.round(draw * this.meanInstructions));
    ledger.charge(KIND.l2Instruction, left);
    const { instructionGaps, records } = this.trace;
    // The trace has only changes of page: what an exit interrupted continues on the same pages.
    if (this.codeRow >= 0) pcpu.touch(this.codeRow, 0);
    if (this.dataRow >= 0) pcpu.touch(this.dataRow, 1);
    while (left > 0) {
      const from = this.next;
      let to = from;
      while (to < records && left > 0) {
        const block = to / BLOCK;
        const whole = Number.isInteger(block) ? this.blockInstructions[block]! : left;
        if (whole < left) {
          left -= whole;
          to = Math.min(records, to + BLOCK);
          continue;
        }
        left -= instructionGaps[to]!;
        to += 1;
      }
      pcpu.run(this.stream, from, to);
      this.next = to === records ? 0 : to;
      this.remember(from, to);
    }
  }

  private remember(from: number, to: number): void {
    const { touches, rows } = this.stream;
    let code = false;
    let data = false;
    for (let at = to - 1; at >= from && !(code && data); at -= 1) {
      const touch = touches[at]!;
      if (touch % 2 === 1) {
        if (!data) this.dataRow = rows[touch]!;
        data = true;
      } else {
        if (!code) this.codeRow = rows[touch]!;
        code = true;
      }
    }
  }
}

/** Instructions of each block of records, to find the end of a slice without adding up all its gaps. */
function blockInstructions({ instructionGaps, records }: PageTrace): Float64Array {
  let sums = sumsOfTrace.get(instructionGaps);
  if (sums === undefined) {
    sums = new Float64Array(Math.ceil(records / BLOCK));
    for (let at = 0; at < records; at += 1) {
      sums[Math.floor(at / BLOCK)]! += instructionGaps[at]!;
    }
    sumsOfTrace.set(instructionGaps, sums);
  }
  return sums;
}
