import { writeFileSync } from 'node:fs';
import { KIND_COUNT, Ledger } from '../../src/cost/ledger.ts';
import { HOST_OWNER, type KernelScenario } from './kernel-scenarios.ts';

const TICKS_PER_CYCLE = 1_000_000;

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
  const perRow = [t.key, t.low, t.isGlobal, t.leafLevel].map((c) => c.subarray(0, t.mappings));
  const perLevel = [t.line, t.upperKey, t.upperLow, t.tableNested];
  const perNested = [t.nestedKey, t.nestedLow, t.nestedLeafLevel];
  const perNestedLevel = [t.nestedLine, t.nestedUpperKey, t.nestedUpperLow];
  const parts: ArrayLike<number>[] = [
    head,
    geometry(scenario),
    prices,
    stepNumbers,
    touches.map((touch) => rows[touch]!),
    touches.map((touch) => touch % 2),
    ...perRow,
    ...perLevel.map((column) => column.subarray(0, t.mappings * 4)),
    t.pageNested.subarray(0, t.mappings),
    ...perNested.map((column) => column.subarray(0, t.nestedMappings)),
    ...perNestedLevel.map((column) => column.subarray(0, t.nestedMappings * 4)),
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
