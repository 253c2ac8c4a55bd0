import { describe, expect, test } from 'vitest';
import { parseSuite } from '../../src/suite/parse-suite.ts';
import { expandSweep } from '../../src/suite/sweep.ts';

const SUITE = (sweep: string): string => `
id: ws
group: sweeps
question: How much?
expected: It depends.
workload:
  kind: program
  trace: redis60k-10M
  handlers: [{capture: plug-c.pio, reflectedExit: IOIO, weight: 1}]
  exitsPerSecond: {nominal: 100, low: 10, high: 1000, unit: count, source: a test, assumed: true}
paging: {l0: npt, l1: npt}
pageSizes: {l0: kernel-2m, l1: kernel-2m, l2: 4k, nptForL1: 2m, nptForL2: 4k}
l2Cr4Pge: same
trips: {warmUp: 1, measured: 2}
machines: [zen3-milan]
strategies: [kvm-6.14, rfc-2025-03]
baseline: kvm-6.14
seeds: {first: 1, count: 2}
expect: []
${sweep}
`;

const expand = (sweep: string) => expandSweep(parseSuite(SUITE(sweep), 'x.yaml'), 'x.yaml');

describe('a sweep', () => {
  test('is one scenario for each combination, named after its values', () => {
    const points = expand(
      `sweep:
  - {key: workload.exitsPerSecond, values: [10, 1000]}
  - {key: pageSizes.l2, values: [4k, 2m]}`,
    );
    expect(points.map(({ id }) => id)).toEqual([
      'ws-10-4k',
      'ws-10-2m',
      'ws-1000-4k',
      'ws-1000-2m',
    ]);
    expect(points[3]).toMatchObject({
      workload: { exitsPerSecond: { nominal: 1000, low: 10, high: 1000 } },
      pageSizes: { l2: '2m' },
    });
    expect(points[0]).not.toHaveProperty('sweep');
  });

  test.each([
    ['a key that is not there', 'workload.rate', '10', 'this suite has no "workload.rate"'],
    ['a value out of the range', 'workload.exitsPerSecond', '5', 'nominal must lie between'],
    ['a value of another kind', 'pageSizes.l2', 'small', 'ws-small does not fit: pageSizes.l2'],
    ['a key of every object', 'workload.constructor', '1', 'this suite has no'],
  ])('refuses %s', (_, key, value, message) => {
    expect(() => expand(`sweep: [{key: ${key}, values: [${value}]}]`)).toThrow(message);
  });

  test('refuses more points than anybody reads', () => {
    const values = Array.from({ length: 64 }, (_, at) => at + 10).join(', ');
    const axis = `{key: workload.exitsPerSecond, values: [${values}]}`;
    expect(() => expand(`sweep: [${axis}, ${axis}]`)).toThrow('it has 4096 points');
  });
});
