import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Option } from 'commander';
import type { Importer } from '../src/importers/importer.ts';
import { TRACE_IMPORTERS } from '../src/importers/traces/formats.ts';
import { PageTraceEncoder } from '../src/inputs/page-trace-encoder.ts';
import { MADE_FORMATS, type MadeFormat, madeTrace } from './importer-bench/made-traces.ts';
import { scriptCommand, wholeNumberFrom } from './script-options.ts';
import { type BenchReport, type BenchRow, rowLine } from './simulator-bench/report.ts';

/**
 * How fast address traces are imported, in host time: `npm run make -- bench-importers`. Decoding alone by
 * CPU time, from memory and with the page trace encoded, as a shared machine stretches wall time;
 * whole imports from a file in a process of their own, with their peak memory.
 */
const values = scriptCommand(
  'bench-importers',
  'how fast address traces are imported, in host time',
)
  .option('--rounds <n>', 'samples of each figure', wholeNumberFrom(1), 5)
  .addOption(new Option('--only <format>').choices(Object.keys(MADE_FORMATS)))
  .option(
    '--megabytes <n>',
    "size of the file of a whole import, in lackey's text; 0: none",
    wholeNumberFrom(0),
    200,
  )
  .option('--json <file>', 'keep the samples')
  .parse()
  .opts<{ rounds: number; only?: string; megabytes: number; json?: string }>();
const { rounds, megabytes } = values;
/** Of each format; enough for some tenths of a second. */
const DECODED_BYTES = 67_108_864;
const MEGABYTE = 1_000_000;
const rows: BenchRow[] = [];

await measure();

async function measure(): Promise<void> {
  for (const [format, unit] of Object.entries(MADE_FORMATS) as [MadeFormat, string][]) {
    if (values.only !== undefined && values.only !== format) continue;
    await decodingRows(format, unit);
  }
  if (megabytes > 0 && values.only === undefined) importRows();
  if (values.json === undefined) return;
  const report: BenchReport = {
    schemaVersion: 1,
    node: process.version,
    processor: cpus()[0]?.model ?? 'unknown',
    rounds,
    rows,
  };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

function keep(name: string, unit: string, samples: readonly number[]): void {
  const row = { name, unit, samples, reference: null };
  rows.push(row);
  process.stdout.write(`${rowLine(row)}\n`);
}

async function decodingRows(format: MadeFormat, unit: string): Promise<void> {
  const importer = TRACE_IMPORTERS.find(({ id }) => id === format);
  if (importer === undefined) throw new Error(`no importer of ${format}`);
  const pieces = [...madeTrace(format, DECODED_BYTES)];
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const items = unit === 'lines' ? linesOf(pieces) : Math.floor(bytes / recordBytes(format));
  const perSecond: number[] = [];
  // The first round is the compiler's.
  for (let round = -1; round < rounds; round += 1) {
    const seconds = await cpuSecondsOf(importer, pieces);
    if (round >= 0) perSecond.push(items / seconds);
  }
  keep(`${format}: decoding`, `${unit}/s`, perSecond);
  keep(
    `${format}: decoding`,
    'MB/s',
    perSecond.map((rate) => (rate / items) * (bytes / MEGABYTE)),
  );
}

function linesOf(pieces: readonly Buffer[]): number {
  let lines = 0;
  for (const piece of pieces) for (const byte of piece) if (byte === 0x0a) lines += 1;
  return lines;
}

function recordBytes(format: MadeFormat): number {
  return format === 'champsim' ? 64 : 12;
}

async function cpuSecondsOf(importer: Importer, pieces: readonly Buffer[]): Promise<number> {
  const encoder = new PageTraceEncoder({ index: () => {}, clock: () => {} });
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const before = process.cpuUsage();
  await importer.import(source(), { name: 'made', tscGhz: null, pageSwitches: encoder });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

interface Usage {
  readonly accesses: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

function importRows(): void {
  const folder = mkdtempSync(join(tmpdir(), 'asidbench-importers-'));
  try {
    const path = join(folder, 'made.lk');
    const file = openSync(path, 'w');
    for (const piece of madeTrace('lackey', megabytes * MEGABYTE)) writeSync(file, piece);
    closeSync(file);
    const size = statSync(path).size;
    const child = fileURLToPath(new URL('./importer-bench/import-child.js', import.meta.url));
    const usage = Array.from({ length: rounds }, (_, round): Usage => {
      const out = join(folder, `round-${round}.ptr.br`);
      const ended = spawnSync(process.execPath, [child, path, out], { encoding: 'utf8' });
      if (ended.status !== 0) throw new Error(ended.stderr);
      return JSON.parse(ended.stdout);
    });
    const name = `lackey: import of ${(size / MEGABYTE).toFixed(0)} MB`;
    const rate = (of: (each: Usage) => number) => usage.map((each) => each.accesses / of(each));
    keep(
      `${name}, CPU`,
      'lines/s',
      rate((each) => each.cpuSeconds),
    );
    keep(
      `${name}, wall`,
      'lines/s',
      rate((each) => each.wallSeconds),
    );
    keep(
      `${name}, peak`,
      'MB',
      usage.map((each) => each.peakMegabytes),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
