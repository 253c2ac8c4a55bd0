import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSuite } from '../../src/suite/parse-suite.ts';
import { UserError } from '../../src/util/user-error.ts';

const SUITE = `id: kv
group: own
question: How much?
expected: It saves.
workload:
  kind: program
  trace: redis60k-10M
  handlers: [{capture: plug-c.pio, reflectedExit: IOIO, weight: 1}]
  exitsPerSecond: {nominal: 40, low: 10, high: 120, unit: count, source: us, assumed: true}
  l1Asks: linux
paging: {l0: npt, l1: npt}
pageSizes: {l0: kernel-2m, l1: kernel-2m, l2: 4k, nptForL1: 2m, nptForL2: 4k}
l2Cr4Pge: same
trips: {warmUp: 1, measured: 2}
machines: [zen3-milan]
strategies: [kvm-6.14, rfc-2025-03]
baseline: kvm-6.14
seeds: {first: 1, count: 2}
expect:
  - {strategy: rfc-2025-03, saves: true}
  - {strategy: rfc-2025-03, savesAtMostRatio: 0.005}
  - {staleHits: none, strategies: [kvm-6.14]}
`;

const change = (from: string, to: string) => {
  expect(SUITE).toContain(from);
  return SUITE.replace(from, to);
};

function messageOf(text: string): string {
  try {
    parseSuite(text, 'suites/x.yaml');
  } catch (error) {
    if (error instanceof UserError && error.kind === 'input') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parseSuite', () => {
  it('reads a suite with every form of expectation', () => {
    const suite = parseSuite(SUITE, 'suites/x.yaml');
    expect(suite.id).toBe('kv');
    expect(suite.workload).toMatchObject({ kind: 'program', exitsPerSecond: { nominal: 40 } });
    expect(suite.expect).toHaveLength(3);
  });

  it('reads captured trips, and a program whose L1 never asks', () => {
    const start = SUITE.indexOf('  kind:');
    const trips = '  kind: captured-trips\n  capture: plug-c.cpuid\n  reflectedExit: CPUID\n';
    const end = SUITE.indexOf('paging:');
    expect(messageOf(SUITE.slice(0, start) + trips + SUITE.slice(end))).toBe('accepted');
    expect(messageOf(change('  l1Asks: linux\n', ''))).toBe('accepted');
  });

  it.each([['l0: npt, l1: shadow'], ['l0: shadow, l1: shadow']])(
    'accepts the paging %s',
    (paging) => {
      expect(messageOf(change('l0: npt, l1: npt', paging))).toBe('accepted');
    },
  );
});

describe('parseSuite names file, line, column and key of', () => {
  it.each([
    ['a wrong kind', 'kind: program', 'kind: progam', '6:9 workload.kind: must be captured-trips'],
    [
      'nested paging over shadow',
      'l0: npt, l1: npt',
      'l0: shadow, l1: npt',
      '11:26 paging.l1: must',
    ],
    [
      'a nominal outside',
      'low: 10',
      'low: 90',
      '9:29 workload.exitsPerSecond.nominal: nominal must',
    ],
    ['a rate of 0', 'low: 10', 'low: 0', '9:38 workload.exitsPerSecond.low: must be above 0'],
    [
      'a misspelt key',
      'trace:',
      'trce:',
      '7:3 workload: unknown key "trce". The nearest known key is "trace"',
    ],
    [
      'a misspelt expectation',
      'saves: true',
      'saved: true',
      '20:29 expect[0]: unknown key "saved"',
    ],
    ['a missing key', 'l2Cr4Pge: same\n', '', '1:1 l2Cr4Pge: this key is missing'],
    ['a wrong word', 'unit: count', 'unit: cuont', 'The nearest allowed value is "count"'],
    ['a fraction', 'measured: 2', 'measured: 2.5', '14:30 trips.measured: must be a whole number'],
    [
      'a text for a number',
      'nominal: 40',
      'nominal: lots',
      '9:29 workload.exitsPerSecond.nominal: must be a number',
    ],
    ['no measured trips', 'measured: 2', 'measured: 0', 'trips.measured: must be at least 1'],
    ['too many seeds', 'count: 2', 'count: 20000', 'seeds.count: must be at most 10000'],
    ['one seed', 'count: 2', 'count: 1', 'one seed has no interval'],
    ['an empty list', '[zen3-milan]', '[]', 'machines: must have at least 1'],
    [
      'a strategy twice',
      '[kvm-6.14, rfc-2025-03]',
      '[kvm-6.14, rfc-2025-03, kvm-6.14]',
      'strategies[2]: "kvm-6.14" stands twice',
    ],
    [
      'a foreign baseline',
      'baseline: kvm-6.14',
      'baseline: ideal',
      '17:11 baseline: "ideal" is not among',
    ],
    [
      'a foreign expectation',
      'strategies: [kvm-6.14]}',
      'strategies: [ideal]}',
      'expect[2].strategies[0]: "ideal" is not',
    ],
    [
      'a baseline that saves',
      'rfc-2025-03, saves',
      'kvm-6.14, saves',
      'expect[0].strategy: the baseline saves nothing',
    ],
    ['a path as a name', 'plug-c.pio', '../../x', 'workload.handlers[0].capture: must be a name'],
    ['a tag', 'id: kv', 'id: !!str kv', 'tags are not allowed'],
    ['an unknown tag', 'id: kv', 'id: !js kv', 'Unresolved tag'],
    ['an anchor', 'id: kv', 'id: &a kv', '1:8: anchors and aliases are not allowed'],
    ['a broken line', '[zen3-milan]', '[zen3-milan', 'this is not plain YAML'],
    ['a key twice', 'group: own', 'id: own', 'Map keys must be unique'],
    ['a prototype', 'id: kv', '__proto__: {a: 1}\nid: kv', '1:1: unknown key "__proto__"'],
  ])('%s', (_what, from, to, expected) => {
    const message = messageOf(change(from, to));
    expect(message).toContain(expected);
    expect(message).toMatch(/^suites\/x\.yaml:\d+:\d+[: ]/);
    expect(message).not.toContain('\n');
  });
});

describe('parseSuite refuses', () => {
  it.each([
    ['an empty file', '', 'the file is empty'],
    ['a file of comments', '# nothing\n', 'the file is empty'],
    ['a list', '[1, 2]', '1:1: must be a mapping'],
    ['prose', 'hello', '1:1: must be a mapping'],
    ['two documents', `${SUITE}---\n${SUITE}`, 'multiple documents'],
    ['ten thousand brackets', '['.repeat(10_000), 'suites/x.yaml'],
  ])('%s', (_what, text, expected) => {
    expect(messageOf(text)).toContain(expected);
  });

  it('damaged files with one sentence, never with another error', () => {
    const position = fc.nat({ max: SUITE.length - 1 });
    const insert = fc.constantFrom(
      '',
      '{',
      '*a',
      ': ',
      '\t',
      '\0',
      '- ',
      '!!x ',
      '"',
      '? ',
      '<<: ',
    );
    fc.assert(
      fc.property(position, fc.nat({ max: 12 }), insert, (at, cut, text) => {
        const message = messageOf(SUITE.slice(0, at) + text + SUITE.slice(at + cut));
        return message === 'accepted' || message.startsWith('suites/x.yaml');
      }),
      { seed: 20250326, numRuns: 500 },
    );
  });
});

describe('parseSuite takes little time for any text of a megabyte', () => {
  const keys = (count: number) =>
    Array.from({ length: count }, (_, key) => `k${key}: 1`).join('\n');
  it.each([
    ['10,000 keys', keys(10_000), 'unknown key'],
    ['95,000 keys', keys(95_000), 'it has more than 50000 keys, items, brackets and lines'],
    ['brackets', '} '.repeat(500_000), 'it has more than 50000 keys'],
    ['anchors', '&a '.repeat(333_333), 'it has more than 50000 keys'],
  ])('%s', (_what, text, expected) => {
    const before = process.cpuUsage();
    expect(() => parseSuite(text, 's.yaml')).toThrow(expected);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(10);
  });
});
