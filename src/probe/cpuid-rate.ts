import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ascending, quantileOfSorted } from '../statistics/quantile.ts';
import { prngFor } from '../util/prng.ts';
import type { Estimate } from './estimate.ts';

/**
 * CPUIDs per second of processor time. In a VM every CPUID exits, so this is the rate of the
 * cheapest exit of the level that it runs at.
 */
export interface CpuidRate {
  readonly perSecond: Estimate;
  /** In the order in which they were taken, one for each tenth of a second. */
  readonly samplesPerSecond: readonly number[];
  readonly compiler: string;
  /** Twelve letters that the hypervisor gives itself (CPUID 4000_0000), or none. */
  readonly hypervisor: string;
}

/** Why there is no rate. */
export interface NoCpuidRate {
  readonly reason: string;
}

const SAMPLES = 12;
const RESAMPLES = 1000;
const COMPILERS = ['cc', 'gcc', 'clang'];
const MOST_MS = 20_000;

/**
 * As in the published benchmark `cpuid_rate`: leaf 0x29a in a loop over processor time
 * (20231109180646.2963718-1-khorenko@virtuozzo.com).
 */
const PROGRAM = `#include <cpuid.h>
#include <stdio.h>
#include <time.h>
int main(void) {
  unsigned a, b, c, d, v[3], i, s;
  __cpuid(1, a, b, c, d);
  if (c >> 31) { __cpuid(0x40000000, a, v[0], v[1], v[2]); printf("%.12s\\n", (char *)v); }
  else printf("-\\n");
  for (s = 0; s < ${SAMPLES + 1}; s++) {
    clock_t begin = clock(), end; unsigned long loops = 0;
    do { for (i = 0; i < 1000; i++) __cpuid_count(0x29a, 0, a, b, c, d); loops += 1000; end = clock(); }
    while (end - begin < CLOCKS_PER_SEC / 10);
    printf("%.1f\\n", (double)loops * CLOCKS_PER_SEC / (end - begin));
  }
  return 0;
}
`;

/** Compiles the program into a folder of its own, runs it and removes the folder. */
export function measureCpuidRate(): CpuidRate | NoCpuidRate {
  if (process.arch !== 'x64' && process.arch !== 'ia32') {
    return { reason: `${process.arch} has no CPUID` };
  }
  const folder = mkdtempSync(join(tmpdir(), 'asidbench-probe-'));
  try {
    const source = join(folder, 'cpuid-rate.c');
    const program = join(folder, 'cpuid-rate');
    writeFileSync(source, PROGRAM);
    const compiler = COMPILERS.find((name) => {
      const compiled = spawnSync(name, ['-O1', '-o', program, source], { timeout: MOST_MS });
      return compiled.status === 0;
    });
    if (compiler === undefined) {
      return { reason: `no C compiler works (tried ${COMPILERS.join(', ')})` };
    }
    const ran = spawnSync(program, { encoding: 'utf8', timeout: MOST_MS });
    if (ran.status !== 0) return { reason: 'the compiled program does not run here' };
    return parseRates(ran.stdout, compiler);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the program printed: the hypervisor, a sample that warms up, and the samples. */
export function parseRates(text: string, compiler: string): CpuidRate | NoCpuidRate {
  const [hypervisor = '-', , ...rest] = text.trim().split('\n');
  const samples = rest.map(Number);
  if (samples.length === 0 || samples.some((rate) => !(rate > 0))) {
    return { reason: 'the compiled program printed no rates' };
  }
  const median = (values: readonly number[]) => quantileOfSorted(ascending(values), 0.5);
  const prng = prngFor(1, 'rates of CPUID, resampled');
  const resampled = ascending(
    Array.from({ length: RESAMPLES }, () =>
      median(samples.map(() => samples[prng.nextInt(samples.length)]!)),
    ),
  );
  return {
    perSecond: {
      point: median(samples),
      low: quantileOfSorted(resampled, 0.025),
      high: quantileOfSorted(resampled, 0.975),
    },
    samplesPerSecond: samples,
    compiler,
    hypervisor: hypervisor === '-' ? '' : hypervisor,
  };
}
