import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { STRATEGIES } from '../../src/hypervisor/strategies.ts';
import type { CellResult } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { shippedSuites } from '../../src/suite/load-suite.ts';
import { cellOf, machinesFor, strategiesFor } from '../../src/suite/plan.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import type { Suite } from '../../src/suite/suite.ts';

/**
 * What the model says, a line for each cell: few round trips of one seed of every suite, so that no change of a
 * result goes unseen. That a result is right is for other tests to say. The hash is of the whole result.
 */
const PROGRAM = { warmUp: 1, measured: 3 };
const CAPTURED = { warmUp: 8, measured: 24 };

function short(suite: Suite): Suite {
  return { ...suite, trips: suite.workload.kind === 'program' ? PROGRAM : CAPTURED };
}

function lineOf(cell: CellResult): string {
  const { cellId: _, ...result } = cell;
  const hash = createHash('sha256').update(JSON.stringify(result)).digest('hex').slice(0, 12);
  const { meanNs, walksPerTrip, hardwareFlushesPerTrip, staleHits } = result;
  const stale = Object.values(staleHits).reduce((sum, count) => sum + count, 0);
  const said = `${meanNs} ns, ${walksPerTrip} walks, ${hardwareFlushesPerTrip} flushes`;
  return `${result.strategy}: ${said}${stale === 0 ? '' : `, ${stale} stale hits`}  ${hash}`;
}

const ONE_REQUEST = { machines: null, strategies: null, seeds: 1, jobs: 1, command: '' };

test('every suite gives on its first machine what it gave', async () => {
  const lines: string[] = [];
  const suites = shippedSuites();
  for (const source of new Set(suites.map(({ file }) => file))) {
    const points = suites.filter(({ file }) => file === source);
    // Of a sweep its ends.
    for (const suite of new Set([points[0]!, points.at(-1)!])) {
      const request = { ...ONE_REQUEST, suites: [suite] };
      const machine = runMachine(machinesFor(suite, request)[0]!);
      lines.push(`${suite.id} on ${machine.id}`);
      for (const strategy of strategiesFor(suite, request)) {
        lines.push(`  ${lineOf(runCell(cellOf(short(suite), machine, strategy, 1)))}`);
      }
    }
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/results.txt');
});

test('every strategy gives in some suites what it gave', async () => {
  const lines: string[] = [];
  const ids = ['npf-npt-npt', 'two-linux-l2s', 'same-vm-vcpus-on-one-pcpu-2-0.1'];
  for (const suite of shippedSuites().filter(({ id }) => ids.includes(id))) {
    const machine = runMachine(suite.machines[0]!);
    lines.push(`${suite.id} on ${machine.id}`);
    for (const strategy of STRATEGIES) {
      lines.push(`  ${lineOf(runCell(cellOf(short(suite), machine, strategy, 2)))}`);
    }
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/strategies.txt');
});
