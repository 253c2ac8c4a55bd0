import { writeFileSync } from 'node:fs';
import { KIND_COUNT, Ledger } from '../../src/cost/ledger.ts';
import {
  IS_GLOBAL,
  KEY,
  LEAF_LEVEL,
  LINE,
  LOW,
  NESTED_KEY,
  NESTED_LEAF_LEVEL,
  NESTED_LINE,
  NESTED_LOW,
  NESTED_ROW,
  NESTED_UPPER_KEY,
  NESTED_UPPER_LOW,
  PAGE_NESTED,
  ROW,
  TABLE_NESTED,
  UPPER_KEY,
  UPPER_LOW,
} from '../../src/hardware/page-rows.ts';
import { HOST_OWNER, type KernelScenario } from './kernel-scenarios.ts';

const TICKS_PER_CYCLE = 1_000_000;
const LEVELS = 4;

/** Price of each ledger row in ticks, by charging each once. */
function priceTicks(scenario: KernelScenario): number[] {
  const ledger = new Ledger(scenario.config.prices);
  return Array.from({ length: KIND_COUNT }, (_, kind) => {
    const before = ledger.ticks;
    ledger.charge(kind, 1);
    return ledger.ticks - before;
  });
}

/** The largest 2^n·8 that is not above `lines`: as LineCache sizes its levels. */
function wholeSets(lines: number): number {
  let entries = 8;
  while (entries * 2 <= lines) entries *= 2;
  return entries;
}

function geometry({ config }: KernelScenario): number[] {
  const ofArray = (arrays: readonly { entries: number; ways: number }[]) => {
    const [array] = arrays;
    if (array === undefined) throw new RangeError('a machine without this array');
    return [array.entries, array.ways];
  };
  const full = (entries: number) => [entries, entries];
  const lines = (count: number) => [wholeSets(count), 8];
  return [
    ...ofArray(config.firstLevelData),
    ...ofArray(config.firstLevelInstruction),
    ...ofArray(config.secondLevelData),
    ...full(config.upperEntries),
    ...full(config.pdeEntries),
    ...full(config.nestedTlbEntries),
    ...full(config.nestedUpperEntries),
    ...lines(config.pageTableLinesInL1d),
    ...lines(config.pageTableLinesInL2),
    ...lines(config.pageTableLinesInL3),
  ];
}

/** One column of a table's rows, or as many as there are levels. */
function column(table: Int32Array, rowSize: number, rows: number, at: number, levels = 1) {
  return Int32Array.from(
    { length: rows * levels },
    (_, index) => table[Math.floor(index / levels) * rowSize + at + (index % levels)]!,
  );
}

/** Writes a scenario as the 32-bit integers that kernel-reference.c reads. */
export function writeKernelImage(scenario: KernelScenario, path: string): void {
  const { tables: t, touches, rows, steps } = scenario;
  const records = touches.length;
  const head = [
    records,
    t.mappings,
    t.nestedMappings,
    t.keys.size,
    t.lineCount,
    steps.length,
    HOST_OWNER,
    KIND_COUNT,
  ];
  const prices = priceTicks(scenario).flatMap((ticks) => [
    ticks % TICKS_PER_CYCLE,
    Math.floor(ticks / TICKS_PER_CYCLE),
  ]);
  const stepNumbers = steps.flatMap((s) => [s.asid, s.tlbControl, s.owner, s.from, s.to]);
  const perRow = [KEY, LOW, IS_GLOBAL, LEAF_LEVEL].map((at) => column(t.rows, ROW, t.mappings, at));
  const perLevel = [LINE, UPPER_KEY, UPPER_LOW, TABLE_NESTED].map((at) =>
    column(t.rows, ROW, t.mappings, at, LEVELS),
  );
  const ofNested = (at: number, levels = 1) =>
    column(t.nestedRows, NESTED_ROW, t.nestedMappings, at, levels);
  const perNested = [NESTED_KEY, NESTED_LOW, NESTED_LEAF_LEVEL].map((at) => ofNested(at));
  const perNestedLevel = [NESTED_LINE, NESTED_UPPER_KEY, NESTED_UPPER_LOW].map((at) =>
    ofNested(at, LEVELS),
  );
  const parts: ArrayLike<number>[] = [
    head,
    geometry(scenario),
    prices,
    stepNumbers,
    touches.map((touch) => rows[touch]!),
    touches.map((touch) => touch % 2),
    ...perRow,
    ...perLevel,
    column(t.rows, ROW, t.mappings, PAGE_NESTED),
    ...perNested,
    ...perNestedLevel,
  ];
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const numbers = new Int32Array(total);
  let at = 0;
  for (const part of parts) {
    numbers.set(part, at);
    at += part.length;
  }
  writeFileSync(path, numbers);
}
