import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { machineConfig } from '../../src/hardware/machine-config.ts';
import { combine } from '../../src/importers/combine.ts';
import { importFile } from '../../src/importers/import-file.ts';
import type { ImportedProfile } from '../../src/importers/profile.ts';
import { type Scenario, scenarioOf } from '../../src/importers/scenario.ts';
import { scenarioText } from '../../src/importers/scenario-text.ts';
import type { CellResult } from '../../src/run/results.ts';
import { runCell } from '../../src/run/run-cell.ts';
import { parseSuite } from '../../src/suite/parse-suite.ts';
import { planCells } from '../../src/suite/plan.ts';
import { runMachine } from '../../src/suite/run-machine.ts';
import type { SuiteDocument } from '../../src/suite/suite.ts';
import { contextOf, sourceOf } from './sources.ts';

const FTRACE = 'data/nested-kvm/ftrace';
const STATS = 'data/nested-kvm/stats';
const OPTIONS = { id: 'mine', machine: null, l2Trace: null };

async function profileOf(
  files: readonly (string | Buffer)[],
  seconds: number | null = null,
  tscGhz: number | null = null,
): Promise<ImportedProfile> {
  const imported = await Promise.all(
    files.map((file) => {
      const bytes = typeof file === 'string' ? readFileSync(file) : file;
      const name = typeof file === 'string' ? file : 'made.txt';
      return importFile(sourceOf(bytes), contextOf(name, tscGhz), () => null);
    }),
  );
  const { profile } = combine(imported, seconds);
  if (profile === null) throw new Error('no profile');
  return profile;
}

/** The suite as `run` gets it: written as YAML and read again. */
function throughYaml({ document, report }: Scenario): SuiteDocument {
  const parsed = parseSuite(scenarioText(document, report), 'mine.yaml');
  expect(parsed).toEqual(document);
  return parsed;
}

function runBaseline(document: SuiteDocument): CellResult & { readonly vmrunsPerTrip: number } {
  const suite = {
    ...document,
    strategies: [document.baseline],
    file: 'mine.yaml',
    sha256: '0',
    trips: { warmUp: 10, measured: 300 },
  };
  const request = { machines: null, strategies: null, seeds: 2, jobs: 1, command: '' };
  const [cell] = planCells({ suites: [suite], ...request });
  const result = runCell(cell!);
  const price = machineConfig(runMachine('zen3-milan')).prices.simple.worldSwitch;
  return { ...result, vmrunsPerTrip: result.cyclesPerTrip.worldSwitch / price };
}

describe('running an imported scenario gives the captured counts again', () => {
  test.each([
    'trace-a.l2flat-cpuid',
    'trace-a.l2flat-npf32',
    'trace-a.l2flat-pio',
    'trace-a.l2shadow-ptechurn64',
    'l2linux-trace.l2linux-cpuid',
    'FULL.l2linux-trace.l2linux-mmap',
  ])('%s', async (name) => {
    const profile = await profileOf([`${FTRACE}/${name}.trace.gz`]);
    const result = runBaseline(throughYaml(scenarioOf(profile, OPTIONS)));
    const trips = profile.reflectedExits ?? 0;
    const exitsPerTrip = (profile.exits ?? 0) / trips;
    // The excerpts cut off a trip at each end, and rare exits are drawn.
    expect(Math.abs(result.vmrunsPerTrip - exitsPerTrip)).toBeLessThan(0.06 * exitsPerTrip);
    expect(result.hardwareFlushesPerTrip).toBeCloseTo((profile.flushes ?? 0) / trips, 1);
    expect(result.staleHits).toEqual({ host: 0, crossVm: 0, guest: 0 });
  });

  test.each(['trace-a.l2flat-cpuid', 'l2linux-trace.l2linux-pipe'])(
    'counters of %s',
    async (name) => {
      const profile = await profileOf([`${STATS}/${name}.before`, `${STATS}/${name}.after`]);
      const result = runBaseline(throughYaml(scenarioOf(profile, OPTIONS)));
      const exitsPerTrip = (profile.exits ?? 0) / (profile.nestedRuns ?? 1);
      expect(Math.abs(result.vmrunsPerTrip - exitsPerTrip)).toBeLessThan(0.06 * exitsPerTrip);
      expect(result.hardwareFlushesPerTrip).toBeCloseTo(2, 1);
    },
  );
});

test('what decides the captures: shadow paging, CR4.PGE, faults of memory or of a device', async () => {
  const handlers = async (name: string): Promise<unknown> => {
    const scenario = scenarioOf(await profileOf([`${FTRACE}/${name}.trace.gz`]), OPTIONS);
    const { workload, paging, l2Cr4Pge } = throughYaml(scenario);
    if (workload.kind !== 'program') throw new Error('no program');
    return [workload.handlers[0]?.capture, paging.l1, l2Cr4Pge];
  };
  expect(await handlers('trace-a.l2shadow-cpuid')).toEqual([
    'stock/npt-shadow.cpuid',
    'shadow',
    'differs',
  ]);
  expect(await handlers('trace-a.l2flat-npf32')).toEqual([
    'stock-pge/npt-npt.npf32-nopge',
    'npt',
    'differs',
  ]);
  expect(await handlers('l2linux-trace.l2linux-cpuid')).toEqual([
    'stock/npt-npt.cpuid',
    'npt',
    'same',
  ]);
});

test('without times the exit rate is a range that says it is assumed; with times it is counted', async () => {
  const rate = async (tscGhz: number | null): Promise<unknown> => {
    const profile = await profileOf([`${FTRACE}/FULL.trace-a.l2flat-cpuid.trace.gz`], null, tscGhz);
    const { workload } = scenarioOf(profile, OPTIONS).document;
    return workload.kind === 'program' ? workload.exitsPerSecond : null;
  };
  expect(await rate(null)).toMatchObject({ low: 300, high: 250_000, assumed: true });
  expect(await rate(2)).not.toHaveProperty('assumed');
});

test('an exit that was never captured is named with what stands in for it', async () => {
  const scenario = scenarioOf(
    await profileOf([`${FTRACE}/FULL.l2linux-trace.l2linux-mmap.trace.gz`]),
    OPTIONS,
  );
  const assumed = scenario.report.assumed.map(({ text }) => text);
  expect(assumed).toContainEqual(
    expect.stringMatching(/^VINTR \(2\.8 %.*CPUID in stock\/npt-npt\.cpuid stands in$/),
  );
});

test('data without a nested guest is no scenario', async () => {
  const perf = await profileOf([Buffer.from('5,,cycles,9,100.00,,\n')]);
  expect(() => scenarioOf(perf, OPTIONS)).toThrow('nothing here tells of a nested guest');
});

test('a rate that no hardware reaches is refused, not clamped', async () => {
  const pair = [`${STATS}/trace-a.l2flat-cpuid.before`, `${STATS}/trace-a.l2flat-cpuid.after`];
  const profile = await profileOf(pair, 0.0001);
  expect(() => scenarioOf(profile, OPTIONS)).toThrow(/2800000 round trips per second/);
});
