import { readFileSync } from 'node:fs';
import { bcaInterval } from '../../src/statistics/bca-interval.ts';
import type { EstimatedInterval } from '../../src/statistics/estimated-interval.ts';
import { prngFor } from '../../src/util/prng.ts';

/** One thing measured: a sample for each round, larger is better unless the unit is a cost. */
export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly samples: readonly number[];
  /** Samples of the C reference in the same rounds; null where there is none. */
  readonly reference: readonly number[] | null;
}

/** What `--json` keeps. */
export interface BenchReport {
  readonly schemaVersion: 1;
  readonly node: string;
  readonly processor: string;
  readonly rounds: number;
  readonly rows: readonly BenchRow[];
}

const RESAMPLES = 2000;
const LEVEL = 0.95;
const NAME_WIDTH = 36;

function geometricMean(values: readonly number[], indices: Int32Array): number {
  let sum = 0;
  for (const index of indices) sum += Math.log(values[index]!);
  return Math.exp(sum / indices.length);
}

function ratioInterval(ratios: readonly number[], name: string): EstimatedInterval {
  return bcaInterval({
    sampleCount: ratios.length,
    statistic: (indices) => geometricMean(ratios, indices),
    level: LEVEL,
    resamples: RESAMPLES,
    nextUint32: prngFor(1, `interval of ${name}`).nextUint32,
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function amount(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} k`;
  return value.toPrecision(3);
}

function interval({ point, low, high }: EstimatedInterval): string {
  return `${point.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

/** One line for a row: its median, and its ratio to the C reference round by round. */
export function rowLine({ name, unit, samples, reference }: BenchRow): string {
  const rate = `${amount(median(samples))} ${unit}`;
  const left = `${name.padEnd(NAME_WIDTH)} ${rate.padStart(18)}`;
  if (reference === null) return left;
  const ratios = samples.map((sample, round) => sample / reference[round]!);
  return `${left}  ${interval(ratioInterval(ratios, name))}`;
}

export function readReport(path: string): BenchReport {
  const report: BenchReport = JSON.parse(readFileSync(path, 'utf8'));
  if (report.schemaVersion !== 1) throw new Error(`${path}: not a report of this benchmark`);
  return report;
}

/** For each row of both reports: the second's samples over the first's, with an interval. */
export function compareReports(before: BenchReport, after: BenchReport): string[] {
  const lines = [`${'after / before'.padEnd(NAME_WIDTH)} ${'ratio of medians'.padStart(18)}`];
  for (const row of after.rows) {
    const old = before.rows.find(({ name }) => name === row.name);
    if (old === undefined) continue;
    // Two commits were not measured in the same rounds: every sample against every other.
    const ratios = row.samples.flatMap((sample) => old.samples.map((other) => sample / other));
    const sorted = ratios.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
    const text = `${at(0.5).toFixed(2)} (${at(0.025).toFixed(2)} to ${at(0.975).toFixed(2)})`;
    lines.push(`${row.name.padEnd(NAME_WIDTH)} ${text}`);
  }
  return lines;
}
