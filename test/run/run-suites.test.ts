import { expect, test } from 'vitest';
import { runSuites } from '../../src/run/execute.ts';
import { findSuites, shippedSuites } from '../../src/suite/load-suite.ts';

test('runSuites takes no hooks, or some', async () => {
  const request = {
    suites: findSuites(shippedSuites(), ['pio-npt-npt']),
    machines: null,
    strategies: null,
    seeds: 2,
    jobs: 1,
    command: 'a test',
  };
  const { cells } = await runSuites(request);
  const seen: number[] = [];
  const again = await runSuites(request, { onCell: (_cell, done) => void seen.push(done) });
  expect(again.cells).toEqual(cells);
  expect(seen).toEqual(cells.map((_cell, at) => at + 1));
});
