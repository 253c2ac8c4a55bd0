import { describe, expect, test } from 'vitest';
import { type HostSuiteOptions, hostSuite, onOneVcpu } from '../../src/host/host-suite.ts';
import { type StatedHost, statedProfile } from '../../src/host/stated-host.ts';
import { merge } from '../../src/importers/combine.ts';
import { emptyProfile } from '../../src/importers/profile-builder.ts';
import { scenarioText } from '../../src/importers/scenario-text.ts';
import { parseSuite } from '../../src/suite/parse-suite.ts';

const GENOA: StatedHost = {
  exits: [
    { reason: 'MSR', perSecond: 24_000 },
    { reason: 'HLT', perSecond: 16_000 },
  ],
  vcpus: 16,
  l2sPerVcpu: 2,
  workingSetPages: null,
  busyShare: null,
};
const OPTIONS: HostSuiteOptions = {
  id: 'mine',
  machine: 'zen4-genoa',
  strategy: 'rfc-2025-03',
  l2Trace: null,
  measuredBusyShare: null,
};
const suiteOf = (host: StatedHost, options = OPTIONS) =>
  hostSuite(statedProfile(host), host, options);

function programOf({ document }: ReturnType<typeof suiteOf>) {
  if (document.workload.kind !== 'program') throw new Error('no program');
  const { trace } = document.workload;
  if (typeof trace === 'string' || !('generated' in trace)) throw new Error('no generated trace');
  return { ...document.workload, hotPages: trace.generated.hotPages };
}

describe('the suite of a host that somebody describes', () => {
  test('runs every vCPU and every L2, each vCPU on a pCPU of its own', () => {
    const { document, vcpus, exitsPerSecond } = suiteOf(GENOA);
    expect({ vcpus, exitsPerSecond }).toEqual({ vcpus: 16, exitsPerSecond: 40_000 });
    expect(document.fleet).toMatchObject({ l1s: 1, vcpusPerL1: 16, l2sPerVcpu: 2, pcpus: 16 });
    expect(document.trips.warmUp).toBeGreaterThanOrEqual(2 * 16 * 2);
    expect(document.events?.l2Switches).toMatchObject({ low: 0.01, nominal: 0.1, high: 1 });
    expect(onOneVcpu(document).fleet).toMatchObject({ vcpusPerL1: 1, l2sPerVcpu: 2, pcpus: 1 });
  });

  test('does not take the time of halts for work of L2', () => {
    // 2,500 exits a second of a vCPU that runs all the time, or for a tenth of it.
    expect(programOf(suiteOf(GENOA)).exitsPerSecond).toMatchObject({ low: 2500, high: 25_000 });
    const half = programOf(suiteOf({ ...GENOA, busyShare: 0.5 }));
    expect(half.exitsPerSecond).toMatchObject({ low: 5000, nominal: 5000, high: 5000 });
    const working = { ...GENOA, exits: [{ reason: 'MSR', perSecond: 40_000 }] };
    expect(programOf(suiteOf(working)).exitsPerSecond).toMatchObject({ low: 2500, high: 2500 });
    const measured = suiteOf(GENOA, { ...OPTIONS, measuredBusyShare: 0.25 });
    expect(programOf(measured).exitsPerSecond).toMatchObject({ low: 10_000, high: 10_000 });
  });

  test('has no range for what is said, and says what is assumed', () => {
    const said = { ...GENOA, workingSetPages: 300, busyShare: 0.5 };
    expect(programOf(suiteOf(said)).hotPages).toMatchObject({ low: 300, nominal: 300, high: 300 });
    const assumedOf = (host: StatedHost) => suiteOf(host).report.assumed.map(({ text }) => text);
    expect(assumedOf(GENOA).join()).toMatch(/--busy says it.*--working-set says it/s);
    expect(assumedOf(said).join()).not.toMatch(/--busy|--working-set/);
  });

  test('is a suite that can be read again', () => {
    const { document, report } = suiteOf(GENOA);
    expect(parseSuite(scenarioText(document, report), 'suite.yaml')).toEqual(document);
  });

  test('runs sixteen of more vCPUs, and no fleet for one with one L2', () => {
    const many = suiteOf({ ...GENOA, vcpus: 64 });
    expect(many).toMatchObject({ vcpus: 64, vcpusRun: 16 });
    expect(many.report.assumed.at(-1)?.text).toContain('16 of the 64 vCPUs are run');
    expect(suiteOf({ ...GENOA, vcpus: 1, l2sPerVcpu: 1 }).document.fleet).toBeUndefined();
  });

  test('lets a file replace what is said, one by one', () => {
    const counted = {
      ...emptyProfile('perf-stat', 'host.csv'),
      durationSeconds: 10,
      nestedRuns: 160_000,
      reflectedExits: 160_000,
    };
    const { exitsPerSecond, document } = hostSuite(
      merge(counted, statedProfile(GENOA)),
      GENOA,
      OPTIONS,
    );
    expect(exitsPerSecond).toBe(16_000);
    expect(document.fleet?.vcpusPerL1).toBe(16);
    expect(document.workload).toMatchObject({
      handlers: [
        { reflectedExit: 'MSR', weight: 0.6 },
        { reflectedExit: 'HLT', weight: 0.4 },
      ],
    });
  });
});
