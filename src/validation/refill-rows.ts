import { Ledger, walksIn } from '../cost/ledger.ts';
import {
  type ArrayConfig,
  FREE_PRICES,
  type MachineConfig,
  machineConfig,
} from '../hardware/machine-config.ts';
import { PageTables } from '../hardware/page-tables.ts';
import { Pcpu } from '../hardware/pcpu.ts';
import { TLB_CONTROL } from '../hardware/tlb-control.ts';
import { type TouchStream, unplannedStream } from '../hardware/touch-stream.ts';
import type { PageTrace } from '../inputs/page-trace.ts';
import { runMachine } from '../suite/run-machine.ts';
import { pageTrace, shippedTracePath } from '../workloads/captures.ts';
import { comparedRow, type ValidationRow } from './rows.ts';

/**
 * Walks that one full flush causes, by instructions until the next one. Counted by another program
 * over whole traces of 34 to 48 million instructions; the first 10 million of each are shipped.
 */
const CURVES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  'sqlite-10M': [
    [2000, 49],
    [10_000, 84],
    [50_000, 96],
    [100_000, 101],
    [300_000, 109],
  ],
  'zstd-10M': [
    [2000, 34],
    [10_000, 94],
    [50_000, 292],
    [100_000, 433],
    [300_000, 628],
  ],
  'cc1-10M': [
    [2000, 66],
    [10_000, 150],
    [50_000, 296],
    [100_000, 385],
    [300_000, 612],
  ],
  'redis60k-10M': [
    [2000, 57],
    [10_000, 81],
    [50_000, 136],
    [100_000, 191],
    [300_000, 310],
  ],
};

const SOURCE =
  'An independent C program over page traces that Valgrind 3.19 (lackey) recorded; provenance in data/README.md';
const PARTS = 10;

/** Refill curves: how many walks a flush costs a real program. */
export function refillRows(): readonly ValidationRow[] {
  return Object.entries(CURVES).flatMap(([name, curve]) => {
    const trace = countedTrace(pageTrace(shippedTracePath(name)));
    return curve.map(([interval, walks]) => refillRow(name, trace, interval, walks));
  });
}

function refillRow(
  name: string,
  trace: CountedTrace,
  interval: number,
  walks: number,
): ValidationRow {
  const parts = refillsByPart(trace, interval);
  const mean = parts.reduce((sum, part) => sum + part, 0) / parts.length;
  return comparedRow({
    id: `refill-${name.replace('-10M', '')}-${interval}`,
    topic: 'refill',
    kind: 'validation',
    quantity: `walks after a flush, ${name.replace('-10M', '')}, flushed every ${interval.toLocaleString('en-US')} instructions`,
    unit: 'walks',
    source: SOURCE,
    setup:
      'TLBs of 64 fully associative entries for code and for data, 2,048 in 8 ways behind both, LRU. ' +
      'Counted over the whole trace; modelled over its first 10 million instructions, bounds: least and ' +
      'most of ten parts of them. In both, the page that a program is on when the flush comes counts only ' +
      'when the program comes back to it.',
    measured: walks,
    measuredInterval: null,
    predicted: { point: mean, low: Math.min(...parts), high: Math.max(...parts) },
    ifOutside:
      'counted over the whole trace; the rest of it is not shipped, so whether it differs there or the ' +
      'model does can not be told from here',
  });
}

function arrayOf(name: string, entries: number, ways: number): ArrayConfig {
  return { name, entries, ways, sizes: [0, 1, 2] };
}

/** The TLBs that the other program simulated. */
function countedMachine(): MachineConfig {
  return {
    ...machineConfig(runMachine('zen3-milan')),
    firstLevelData: [arrayOf('L1 DTLB', 64, 64)],
    firstLevelInstruction: [arrayOf('L1 ITLB', 64, 64)],
    secondLevelData: [arrayOf('L2 TLB', 2048, 8)],
    secondLevelInstruction: [],
    replacement: 'lru',
    pdeEntries: 64,
    pdeInSecondLevelTlb: false,
    prices: FREE_PRICES,
  };
}

/** A trace with what all of its intervals share. */
interface CountedTrace {
  readonly tables: PageTables;
  readonly stream: TouchStream;
  /** Instructions from the start up to and with each touch. */
  readonly clock: Float64Array;
  /** Touches before each one that were the first of their page. */
  readonly firstsBefore: Int32Array;
}

function countedTrace(trace: PageTrace): CountedTrace {
  const { touches, records } = trace;
  const tables = new PageTables();
  const space = tables.addSpace(null);
  const rows = Array.from(trace.pageNumbers, (page) =>
    tables.addMapping(space, { page, size: '4K', global: false, frame: page }, () => 0),
  );
  const mappings = new Int32Array(records);
  const isData = new Uint8Array(records);
  const clock = new Float64Array(records);
  const firstsBefore = new Int32Array(records + 1);
  const seen = new Uint8Array(trace.pageNumbers.length);
  let [now, firsts] = [0, 0];
  for (let at = 0; at < records; at += 1) {
    const touch = touches[at]!;
    const page = Math.floor(touch / 2);
    mappings[at] = rows[page]!;
    isData[at] = touch % 2;
    now += trace.instructionGaps[at]!;
    clock[at] = now;
    firsts += 1 - seen[page]!;
    seen[page] = 1;
    firstsBefore[at + 1] = firsts;
  }
  return { tables, stream: unplannedStream(mappings, isData), clock, firstsBefore };
}

/** Walks per flush in each tenth of the trace; first touches of a page are no refill. */
function refillsByPart(
  { tables, stream, clock, firstsBefore }: CountedTrace,
  interval: number,
): readonly number[] {
  const ledger = new Ledger(FREE_PRICES);
  const pcpu = new Pcpu({
    config: countedMachine(),
    tables,
    ledger,
    stale: { staleHit: () => {} },
    hostOwner: 0,
    now: () => 0,
    skipsStale: false,
  });
  pcpu.reserve();
  const instructions = clock.at(-1) ?? 0;
  const refills: { walks: number; flushes: number }[] = Array.from({ length: PARTS }, () => ({
    walks: 0,
    flushes: 0,
  }));
  let [from, due, before] = [0, interval, 0];
  const close = (to: number): void => {
    pcpu.run(stream, from, to);
    const walks = walksIn(ledger.counts);
    const part = refills[Math.min(PARTS - 1, Math.floor((clock[to]! / instructions) * PARTS))]!;
    part.walks += walks - before - (firstsBefore[to]! - firstsBefore[from]!);
    part.flushes += 1;
    before = walks;
    from = to;
  };
  pcpu.vmrun(1, TLB_CONTROL.doNothing, 1);
  for (let at = 0; at < clock.length; at += 1) {
    const now = clock[at]!;
    if (now < due) continue;
    close(at);
    pcpu.vmexit();
    pcpu.vmrun(1, TLB_CONTROL.flushAsid, 1);
    // A long stay on one page passes several due times; the flush that follows it is one.
    due = (Math.floor(now / interval) + 1) * interval;
  }
  return refills.filter(({ flushes }) => flushes > 0).map(({ walks, flushes }) => walks / flushes);
}
