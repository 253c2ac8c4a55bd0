import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { studentQuantile } from '../../src/statistics/student-t.ts';

/*
 * How fast the kernel is as a ratio to C, commit by commit: a line of JSON for each commit and class of machines in
 * reports/simulator/history.jsonl.
 */

export const HISTORY_FILE = 'reports/simulator/history.jsonl';

/** What a ratio depends on beside the program: machines of one class can be compared. */
export interface MachineClass {
  readonly processor: string;
  readonly cpus: number;
  /** Major versions. */
  readonly node: number;
  readonly compiler: string;
}

/** The ratios of one row, by variant: geometric mean, and deviation of the logarithms between pairs. */
export interface RatioToC {
  readonly ratio: number;
  /** 0 with one pair. */
  readonly deviation: number;
  readonly pairs: number;
}

export interface HistoryLine {
  readonly commit: string;
  readonly machine: MachineClass;
  /** Load of the machine during the measurement: mean of the last minute before and after. */
  readonly load: number;
  /** `sqlite-10M nested flush, planned` and so on. */
  readonly rows: Readonly<Record<string, RatioToC>>;
}

/** Ours over theirs, pair by pair. */
export function ratioToC(ours: readonly number[], theirs: readonly number[]): RatioToC {
  const logs = ours.map((rate, pair) => Math.log(rate / theirs[pair]!));
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const squares = logs.reduce((sum, log) => sum + (log - mean) * (log - mean), 0);
  const deviation = logs.length < 2 ? 0 : Math.sqrt(squares / (logs.length - 1));
  return { ratio: rounded(Math.exp(mean)), deviation: rounded(deviation), pairs: logs.length };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

export function readHistory(path: string): readonly HistoryLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as HistoryLine);
}

/** Keeps a line; one of the same commit and class of machines gives way, but for rows that the new one has not. */
export function withLine(
  history: readonly HistoryLine[],
  line: HistoryLine,
): readonly HistoryLine[] {
  const isSame = (each: HistoryLine) =>
    each.commit === line.commit && isOfClass(each.machine, line.machine);
  const before = history.find(isSame);
  const merged = { ...line, rows: { ...before?.rows, ...line.rows } };
  return [...history.filter((each) => !isSame(each)), merged];
}

export function writeHistory(path: string, history: readonly HistoryLine[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, history.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function isOfClass(one: MachineClass, other: MachineClass): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A ratio on another processor, compiler or Node may be that much lower without a loss in the code. */
const OTHER_CLASS_MARGIN = 0.35;
/** How much of a host's cache other programs leave: committed ratios differ by that much on a busy machine. */
const SAME_CLASS_MARGIN = 0.25;
/** With more load than twice the cores ratios halved (load 20 on two cores). */
const BUSY_MARGIN = 0.5;
const LEVEL = 0.975;

export interface Judgement {
  readonly name: string;
  readonly committed: number;
  readonly now: RatioToC;
  /** The highest ratio that the pairs of now leave open. */
  readonly atMost: number;
  /** The committed ratio less margin and noise. */
  readonly atLeast: number;
  readonly isLoss: boolean;
}

/**
 * Compares rows with the latest committed line of this class of machines that has them, else with the latest of any
 * class. A loss: all that the pairs leave open (95 %, Student's t over logarithms) lies below the committed ratio less
 * twice its own deviation and a margin, which is larger on a machine with a load of more than twice its cores.
 */
export function judge(
  history: readonly HistoryLine[],
  machine: MachineClass,
  rows: Readonly<Record<string, RatioToC>>,
  load: number,
): readonly Judgement[] {
  return Object.entries(rows).flatMap(([name, now]) => {
    const having = history.filter((line) => line.rows[name] !== undefined);
    const own = having.filter((line) => isOfClass(line.machine, machine));
    const committed = (own.at(-1) ?? having.at(-1))?.rows[name];
    if (committed === undefined || now.pairs < 2) return [];
    const margin = own.length === 0 ? OTHER_CLASS_MARGIN : ownMargin(load, machine.cpus);
    const reach = (studentQuantile(LEVEL, now.pairs - 1) * now.deviation) / Math.sqrt(now.pairs);
    const atMost = now.ratio * Math.exp(reach);
    const atLeast = committed.ratio * (1 - margin) * Math.exp(-2 * committed.deviation);
    return [{ name, committed: committed.ratio, now, atMost, atLeast, isLoss: atMost < atLeast }];
  });
}

function ownMargin(load: number, cpus: number): number {
  return load > 2 * cpus ? BUSY_MARGIN : SAME_CLASS_MARGIN;
}

/** A line for each row, for a log. */
export function judgementText({
  name,
  committed,
  now,
  atMost,
  atLeast,
  isLoss,
}: Judgement): string {
  const verdict = isLoss ? 'LOSS' : 'kept';
  return (
    `${name}: ${now.ratio.toFixed(2)} of C, at most ${atMost.toFixed(2)} by ${now.pairs} pairs; ` +
    `committed ${committed.toFixed(2)}, at least ${atLeast.toFixed(2)}: ${verdict}`
  );
}

const COLUMNS = ['native one', 'native separate', 'nested separate', 'nested flush'];

/** The table of docs/evidence/performance.md, in Markdown. */
export function ratioTable(rows: Readonly<Record<string, RatioToC>>): string {
  const cellOf = (trace: string, column: string): string => {
    const [each, planned] = ['each', 'planned'].map((variant) => {
      return rows[`${trace} ${column}, ${variant}`]?.ratio.toFixed(2) ?? '?';
    });
    return each === '?' && planned === '?' ? '' : `${each} / ${planned}`;
  };
  const traces = [...new Set(Object.keys(rows).map((name) => name.split(' ')[0] ?? ''))];
  const table = [
    ['each / planned', ...COLUMNS],
    ['---', ...COLUMNS.map(() => '---')],
    ...traces.map((trace) => [trace, ...COLUMNS.map((column) => cellOf(trace, column))]),
  ];
  return table.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
