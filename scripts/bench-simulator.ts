import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../src/cli/project-root.ts';
import { scriptCommand, wholeNumberFrom } from './script-options.ts';
import {
  commitName,
  compileReference,
  compilerName,
  type KernelMeasurement,
  type ProcessUsage,
  runKernel,
  runPart,
  runProgram,
  runReference,
  scratchFolder,
} from './simulator-bench/children.ts';
import {
  HISTORY_FILE,
  judge,
  judgementText,
  type MachineClass,
  type RatioToC,
  ratioTable,
  ratioToC,
  readHistory,
  withLine,
  writeHistory,
} from './simulator-bench/history.ts';
import { writeKernelImage } from './simulator-bench/kernel-image.ts';
import { KERNEL_SCENARIOS } from './simulator-bench/kernel-scenarios.ts';
import { PARTS } from './simulator-bench/parts.ts';
import {
  type BenchReport,
  type BenchRow,
  compareReports,
  readReport,
  rowLine,
} from './simulator-bench/report.ts';

/**
 * How fast the simulator itself is, in host time: `npm run make -- bench-simulator`.
 * Every sample is a process of its own, and those that are compared take turns. CPU time, because a
 * shared machine stretches wall time; wall time only for whole commands.
 */
const command = scriptCommand('bench-simulator', 'how fast the simulator is, in host time')
  .argument('[files...]', 'kept samples, for --compare')
  .option('--rounds <n>', 'samples of each figure', wholeNumberFrom(1), 5)
  .option('--only <words>', "kernel, parts, startup, headline; or part of a row's name", '')
  .option('--seeds <n>', 'seeds of the headline run', wholeNumberFrom(2), 20)
  .option('--quick', 'ratios to C only, two rounds of a quarter of the passes (5 minutes)')
  .option('--check', 'a few ratios to C against the committed ones; exit code 1 at a loss')
  .option('--keep', `keep the ratios to C in ${HISTORY_FILE}`)
  .option('--json <file>', 'keep the samples')
  .option('--compare', 'print what changed between two files of samples')
  .parse();
const values = command.opts<{
  rounds: number;
  only: string;
  seeds: number;
  quick?: true;
  check?: true;
  keep?: true;
  json?: string;
  compare?: true;
}>();
const QUICK_ROUNDS = 2;
/** A quick row runs this share of its passes. */
const QUICK_SHARE = 0.25;
/** Rows of --check: one that plans help much, one with flushes. */
const CHECKED_ROWS = ['sqlite-10M nested separate', 'redis60k-10M nested flush'];
const CHECK_ROUNDS = 5;
/** What is checked runs as long as what was kept: shorter runs are slower by what V8 takes to compile. */
const isShort = values.quick === true;
const rounds =
  values.check === true ? CHECK_ROUNDS : values.quick === true ? QUICK_ROUNDS : values.rounds;
const loadBefore = loadavg()[0] ?? 0;
const measured = commitName();
/** Touch by touch, and with a plan that passes over certain hits. */
const VARIANTS = ['each', 'planned'] as const;
const folder = scratchFolder();
const rows: BenchRow[] = [];

if (values.compare) compare(command.args);
else if (values.check === true) check();
else measure();

/** The class of this machine. */
function machineClass(): MachineClass {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cpus: cpus().length,
    node: Number(process.versions.node.split('.')[0]),
    compiler: compilerName(),
  };
}

function ratiosToC(): Record<string, RatioToC> {
  const withC = rows.filter((row) => row.reference !== null);
  return Object.fromEntries(withC.map((row) => [row.name, ratioToC(row.samples, row.reference!)]));
}

function check(): void {
  kernelRows();
  const ratios = ratiosToC();
  if (Object.keys(ratios).length === 0) {
    process.stdout.write('There is no C compiler, and so no ratio to compare.\n');
    return;
  }
  const judged = judge(
    readHistory(join(projectRoot(), HISTORY_FILE)),
    machineClass(),
    ratios,
    meanLoad(),
  );
  process.stdout.write(`${judged.map(judgementText).join('\n')}\n`);
  if (judged.length === 0) command.error(`error: ${HISTORY_FILE} has none of these rows`);
  if (judged.some(({ isLoss }) => isLoss)) process.exitCode = 1;
}

function showRatios(): void {
  const ratios = ratiosToC();
  if (Object.keys(ratios).length === 0) return;
  const title = `Ratios to C, load of the machine ${meanLoad()}`;
  process.stdout.write(`\n${title}\n\n${ratioTable(ratios)}`);
}

/** Row by row, so that a measurement that is stopped keeps what it has. */
function keepRatios(): void {
  const ratios = ratiosToC();
  if (values.keep !== true || Object.keys(ratios).length === 0) return;
  const path = join(projectRoot(), HISTORY_FILE);
  const line = { commit: measured, machine: machineClass(), load: meanLoad(), rows: ratios };
  writeHistory(path, withLine(readHistory(path), line));
}

/** Of the last minute, before and now. */
function meanLoad(): number {
  return Math.round(((loadBefore + (loadavg()[0] ?? 0)) / 2) * 10) / 10;
}

function compare([before, after]: readonly string[]): void {
  if (before === undefined || after === undefined) {
    command.error('error: --compare needs two files');
  } else {
    process.stdout.write(`${compareReports(readReport(before), readReport(after)).join('\n')}\n`);
  }
}

function measure(): void {
  kernelRows();
  showRatios();
  if (isShort) return;
  for (const [name, { unit }] of PARTS) {
    if (isWanted('parts', name))
      keep({ name, unit: `${unit}/s`, ...sampled(() => partRate(name)) });
  }
  for (const words of ['list', 'explain zen3-milan', '--help']) {
    if (!isWanted('startup', words)) continue;
    const wall = () => runProgram(words.split(' '), folder).wallSeconds;
    keep({ name: `asidbench ${words}`, unit: 's', ...sampled(wall) });
  }
  if (isWanted('headline', 'headline')) headlineRows();
  if (values.json !== undefined) {
    const processor = cpus()[0]?.model ?? 'unknown';
    const report: BenchReport = {
      schemaVersion: 1,
      node: process.version,
      processor,
      rounds,
      rows,
    };
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
}

function isWanted(group: string, name: string): boolean {
  if (values.check === true) return CHECKED_ROWS.includes(name);
  return values.only === '' || values.only === group || name.includes(values.only);
}

function keep(row: BenchRow): void {
  rows.push(row);
  process.stdout.write(`${rowLine(row)}\n`);
}

function sampled(sample: () => number): { samples: number[]; reference: null } {
  return { samples: Array.from({ length: rounds }, sample), reference: null };
}

function partRate(name: string): number {
  const { items, cpuSeconds } = runPart(name);
  return items / cpuSeconds;
}

function kernelRows(): void {
  const wanted = [...KERNEL_SCENARIOS].filter(([name]) => isWanted('kernel', name));
  if (wanted.length === 0) return;
  const binary = compileReference(folder);
  const title = binary === null ? 'no C compiler: no ratio' : 'ratio to the C reference';
  process.stdout.write(`${'kernel'.padEnd(36)} ${'median'.padStart(18)}  ${title}\n`);
  for (const [name, make] of wanted) {
    const scenario = make();
    const passes = isShort ? Math.ceil(scenario.passes * QUICK_SHARE) : scenario.passes;
    const touches = scenario.touches.length * passes;
    const image = join(folder, 'image');
    if (binary !== null) writeKernelImage(scenario, image);
    const samples = { each: [] as number[], planned: [] as number[], reference: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const theirs = binary === null ? null : runReference(binary, image, passes);
      if (theirs !== null) samples.reference.push(touches / theirs.cpuSeconds);
      for (const variant of VARIANTS) {
        const ours = runKernel(name, variant, passes);
        if (theirs !== null) demandEqual(`${name}, ${variant}`, ours, theirs);
        samples[variant].push(touches / ours.cpuSeconds);
      }
    }
    const reference = binary === null ? null : samples.reference;
    for (const variant of VARIANTS) {
      const row = { unit: 'touches/s', samples: samples[variant], reference };
      keep({ name: `${name}, ${variant}`, ...row });
    }
    keepRatios();
  }
}

/** A ratio of speeds means nothing between programs that do different things. */
function demandEqual(name: string, ours: KernelMeasurement, theirs: KernelMeasurement): void {
  const isEqual =
    ours.ticks === theirs.ticks &&
    ours.counts.length === theirs.counts.length &&
    ours.counts.every((count, kind) => count === theirs.counts[kind]);
  if (isEqual) return;
  throw new Error(
    `${name}: the C reference counts differently, so there is no ratio\n` +
      `ours:   ${ours.ticks} ticks, ${ours.counts.join(' ')}\n` +
      `theirs: ${theirs.ticks} ticks, ${theirs.counts.join(' ')}`,
  );
}

function headlineRows(): void {
  const jobs = availableParallelism();
  const usage: ProcessUsage[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const out = join(folder, `run-${round}`);
    const words = [
      'run',
      'headline',
      '--seeds',
      String(values.seeds),
      '--jobs',
      String(jobs),
      '--json',
    ];
    usage.push(runProgram([...words, '--out', out], folder));
  }
  const name = `headline, ${values.seeds} seeds, ${jobs} workers`;
  const row = (what: string, unit: string, of: (each: ProcessUsage) => number) =>
    keep({ name: `${name}: ${what}`, unit, samples: usage.map(of), reference: null });
  row('wall', 's', (each) => each.wallSeconds);
  row('CPU', 's', (each) => each.cpuSeconds);
  row('peak', 'MB', (each) => each.peakMegabytes);
}
