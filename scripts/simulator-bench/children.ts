import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../../src/cli/project-root.ts';

/** What one process reports of its work. */
export interface KernelMeasurement {
  readonly cpuSeconds: number;
  readonly ticks: number;
  readonly counts: readonly number[];
}

export interface PartMeasurement {
  readonly items: number;
  readonly cpuSeconds: number;
}

export interface ProcessUsage {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Peak resident set of the process with its threads. */
  readonly peakMegabytes: number;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A folder that is gone when the process ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'asidbench-simulator-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a program to its end; what it printed. A failure ends the benchmark with what it said. */
function run(program: string, args: readonly string[], env: Record<string, string> = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 1e8,
    env: { ...process.env, ...env },
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  }
  return stdout;
}

/** Compiles the C reference; null where there is no C compiler. */
export function compileReference(folder: string): string | null {
  const compiler = process.env.CC ?? 'cc';
  if (spawnSync(compiler, ['--version']).error !== undefined) return null;
  const source = join(projectRoot(), 'scripts', 'simulator-bench', 'kernel-reference.c');
  const binary = join(folder, 'kernel-reference');
  run(compiler, ['-O3', '-march=native', '-o', binary, source]);
  return binary;
}

export function runReference(binary: string, image: string, passes: number): KernelMeasurement {
  return JSON.parse(run(binary, [image, String(passes)]));
}

export function runKernel(
  scenario: string,
  variant: 'each' | 'planned',
  passes: number,
): KernelMeasurement {
  const words = [here('./kernel-child.js'), scenario, variant, String(passes)];
  return JSON.parse(run(process.execPath, words));
}

/** `gcc 12`: what compiles the reference, for a class of machines. */
export function compilerName(): string {
  const { stdout, error } = spawnSync(process.env.CC ?? 'cc', ['--version'], { encoding: 'utf8' });
  if (error !== undefined) return 'none';
  const [first = ''] = stdout.split('\n');
  const version = /(\d+)\.\d+/.exec(first)?.[1] ?? '';
  return `${/clang/.test(first) ? 'clang' : 'gcc'} ${version}`;
}

/** The last commit that changed what is measured; with `+` where files differ from it. */
export function commitName(): string {
  const git = (...words: string[]) =>
    spawnSync('git', words, { cwd: projectRoot(), encoding: 'utf8' }).stdout?.trim() ?? '';
  const changed = git('status', '--porcelain', '--', 'src', 'scripts') === '' ? '' : '+';
  return `${git('log', '-1', '--abbrev=12', '--format=%h', '--', 'src', 'scripts')}${changed}`;
}

export function runPart(part: string): PartMeasurement {
  return JSON.parse(run(process.execPath, [here('./part-child.js'), part]));
}

/** Runs the command line program as a user would, and tells what it took. */
export function runProgram(words: readonly string[], folder: string): ProcessUsage {
  const usageFile = join(folder, 'usage.json');
  rmSync(usageFile, { force: true });
  const main = join(projectRoot(), 'dist', 'src', 'cli', 'main.js');
  const preload = ['--import', here('./print-usage.js')];
  run(process.execPath, [...preload, main, ...words], { ASIDBENCH_USAGE_FILE: usageFile });
  if (!existsSync(usageFile)) throw new Error(`${words.join(' ')} left no usage behind`);
  return JSON.parse(readFileSync(usageFile, 'utf8'));
}
