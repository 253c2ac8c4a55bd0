import { describe, expect, test } from 'vitest';
import { cellOfPayload, jobIdOf, payloadOf, resultOfJob } from '../../src/distributed/payload.ts';
import { strategyById } from '../../src/hypervisor/strategies.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { loadSuites } from '../../src/suite/load-suite.ts';
import { cellOf } from '../../src/suite/plan.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import { UserError } from '../../src/util/user-error.ts';

const [suite] = loadSuites('suites/headline/cpuid-npt-npt.yaml');
const strategy = strategyById('rfc-2025-03')!;
const cell = cellOf(suite!, runMachine('zen3-milan'), strategy, 4);
const payload = payloadOf(cell);
const jobId = jobIdOf(cell);
/** What it becomes on its way through Redis. */
const sent = (change: object = {}): unknown =>
  JSON.parse(JSON.stringify({ ...payload, ...change }));

describe('a job', () => {
  test('gives the cell that it was made from', () => {
    const made = cellOfPayload(sent(), jobId);
    expect({ ...made, strategy: made.strategy.behaviour }).toEqual({
      ...cell,
      strategy: strategy.behaviour,
    });
  });

  test('gives it whatever the order of the behaviours in it', () => {
    const behaviour = Object.fromEntries(Object.entries(strategy.behaviour).reverse());
    const made = cellOfPayload(sent({ strategy: { id: strategy.id, behaviour } }), jobId);
    expect(made.cellId).toBe(cell.cellId);
  });

  test('has a name that BullMQ takes, and that differs where a result differs', () => {
    expect(jobId).toMatch(/^cell-[0-9a-f]{20}$/);
    const twin = { ...cell, strategy: { ...strategy, id: 'the-same-under-another-name' } };
    const others = [
      twin,
      { ...cell, machineId: 'skx' },
      cellOf(suite!, runMachine('zen3-milan'), strategy, 5),
    ];
    expect(new Set([jobId, ...others.map(jobIdOf)]).size).toBe(4);
  });

  test.each<[string, unknown, string]>([
    ['nothing', null, 'it is not as it should be'],
    ['a list', [1, 2], 'it is not as it should be'],
    ['another form', sent({ payloadVersion: 2 }), 'payloadVersion'],
    ['another version', sent({ version: '0.0.1' }), 'it is for version 0.0.1 of the program'],
    ['one more key', sent({ module: '/etc/passwd' }), 'it is not as it should be'],
    ['another hash', sent({ cellId: '0000000000000000' }), 'its hash does not fit its content'],
    [
      'a changed suite',
      sent({ suite: { id: suite!.id, file: 'x', text: `${suite!.text}\n` } }),
      'its hash does not fit',
    ],
    ['another suite', sent({ suite: { id: 'x', file: 'x', text: suite!.text } }), 'no suite "x"'],
    [
      'a broken suite',
      sent({ suite: { id: suite!.id, file: 'x', text: 'id: [' } }),
      'this is not plain YAML',
    ],
    [
      'a huge suite',
      sent({ suite: { id: suite!.id, file: 'x', text: 'x'.repeat(1_048_577) } }),
      'suite.text',
    ],
    ['another seed', sent({ seed: 5 }), 'its hash does not fit its content'],
    ['a seed that is none', sent({ seed: -1 }), 'seed is not as it should be'],
    ['an unknown machine', sent({ machine: '../x' }), 'there is no such machine'],
    [
      'an unknown behaviour',
      sent({ strategy: { id: 'x', behaviour: { exec: 'sh' } } }),
      'there is no behaviour "exec"',
    ],
    [
      'a missing behaviour',
      sent({ strategy: { id: 'x', behaviour: {} } }),
      'is no value of the behaviour',
    ],
    [
      'another name of the strategy',
      sent({ strategy: { ...payload.strategy, id: 'x' } }),
      'its name does not fit',
    ],
  ])('with %s is refused in one sentence', (_, data, message) => {
    expect(() => cellOfPayload(data, jobId)).toThrow(message);
    expect(() => cellOfPayload(data, jobId)).toThrow(UserError);
  });

  test('never carries or follows a path', () => {
    const withFile = suite!.text!.replace(
      /^workload:[\s\S]*?^(?=paging:)/m,
      'workload: {kind: program, trace: {file: x.ptr}, handlers: [{capture: plug-c.cpuid, reflectedExit: CPUID, weight: 1}], ' +
        'exitsPerSecond: {nominal: 1, low: 1, high: 1, unit: count, source: test}}\n',
    );
    const data = sent({ suite: { id: suite!.id, file: 'x', text: withFile } });
    expect(() => cellOfPayload(data, jobId)).toThrow('its suite names a file');
    const beside = { ...suite!, traceFile: { path: '/secret', sha256: '0' } };
    expect(() => payloadOf({ ...cell, suite: beside })).toThrow('do not find it');
    expect(() => payloadOf({ ...cell, machineId: 'my-own' })).toThrow('of a file of your own');
    expect(JSON.stringify(sent())).not.toContain(process.cwd());
  });
});

describe('the result of a job', () => {
  const result = runCell(cell);

  test('is given as it came', () => {
    const stored: unknown = JSON.parse(JSON.stringify(result));
    expect(JSON.stringify(resultOfJob(stored, cell))).toBe(JSON.stringify(result));
  });

  test('is written in our own order, without what is not ours', () => {
    const { events, ...rest } = result;
    const large = { junk: 'x'.repeat(5_000_000), events, ...rest };
    expect(JSON.stringify(resultOfJob(large, cell))).toBe(JSON.stringify(result));
  });

  const costly = Object.keys(result.events ?? {})[0]!;
  test.each<[string, object, string]>([
    ['half the time', { meanNs: result.meanNs / 2 }, 'meanNs is not the mean of tripNs'],
    ['a single sample', { tripNs: [result.meanNs] }, 'it has 1 samples in tripNs of'],
    [
      'a single round trip',
      { tripNs: [result.meanNs], roundTrips: 1 },
      'is not what its events cost',
    ],
    [
      'half of every time',
      {
        ...{ meanNs: result.meanNs / 2, p50Ns: result.p50Ns / 2, p99Ns: result.p99Ns / 2 },
        tripNs: result.tripNs.map((ns) => ns / 2),
      },
      'the sum of cyclesPerTrip at 3.5 GHz is not meanNs',
    ],
    [
      'cycles of another cause',
      {
        cyclesPerTrip: {
          ...result.cyclesPerTrip,
          l0Instructions: result.cyclesPerTrip.l1Instructions,
          l1Instructions: result.cyclesPerTrip.l0Instructions,
        },
      },
      'cyclesPerTrip.l0Instructions is not what its events cost',
    ],
    ['unknown events', { events: { ...result.events, magic: 1 } }, 'it counts events "magic"'],
    [
      'one event more',
      { events: { ...result.events, [costly]: 1 + (result.events?.[costly] ?? 0) * 2 } },
      'is not what its events cost',
    ],
    ['no flushes', { hardwareFlushesPerTrip: 77 }, 'hardwareFlushesPerTrip is not what its events'],
    ['no walks', { walksPerTrip: 77 }, 'walksPerTrip is not what its events say'],
    ['another median', { p50Ns: result.p50Ns * 0.9 }, 'p50Ns is not that percentile of tripNs'],
    ['another tail', { p99Ns: result.p99Ns * 1.1 }, 'p99Ns is not that percentile of tripNs'],
    ['no events', { events: undefined }, 'it has no events'],
  ])('that was forged with %s contradicts itself', (_, change, message) => {
    const forged: unknown = JSON.parse(JSON.stringify({ ...result, ...change }));
    expect(() => resultOfJob(forged, cell)).toThrow(message);
  });

  test.each([
    ['no result', 'done', 'is not as it should be'],
    ['half a result', { ...result, tripNs: undefined }, 'tripNs is not as it should be'],
    ['a result of another schema', { ...result, schemaVersion: 99 }, 'its schema version is 99'],
    ['the result of another seed', { ...result, seed: 5 }, 'it is the result of another cell'],
    ['the result of another strategy', { ...result, strategy: 'ideal' }, 'no strategy "ideal"'],
    ['the result of another hash', { ...result, cellId: 'ff' }, 'another cell'],
  ])('is refused when it is %s', (_, answer, message) => {
    expect(() => resultOfJob(answer, cell)).toThrow(message);
  });
});
