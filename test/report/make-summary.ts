import { CAUSE_IDS, type CauseId, type CyclesByCause } from '../../src/cost/causes.ts';
import { type ReportModel, reportModel } from '../../src/report/run/model.ts';
import type {
  Comparison,
  ManifestParameter,
  ManifestScenario,
  RunSummary,
  ScenarioSummary,
  StaleHits,
} from '../../src/run/results.ts';
import { RESULTS_SCHEMA_VERSION } from '../../src/suite/version.ts';
import type { Confidence, Unit } from '../../src/units/parameter.ts';

const FREQUENCY_GHZ = 3.4;
const SEEDS = 10;
const NO_STALE_HITS: StaleHits = { host: 0, crossVm: 0, guest: 0 };
const BASELINE = 'kvm-6.14';

/** Cycles per round trip of the baseline in a made-up scenario, and what remains of the refill. */
interface ScenarioShape {
  readonly id: string;
  readonly question: string;
  readonly software: number;
  readonly flush: number;
  readonly refill: number;
  readonly remainingRefill: number;
}

const SHAPES: readonly ScenarioShape[] = [
  shape('cpuid-npt-npt', 'a CPUID exit from L2 when L0 and L1 both use NPT', 9800, 780, 1330, 0.07),
  shape('pio-npt-npt', 'a port access of L2 that QEMU in L1 serves', 31400, 780, 4150, 0.21),
  shape('npf-npt-npt', 'a nested page fault of L2', 17900, 780, 2300, 0.18),
  shape('cpuid-npt-shadow', 'a CPUID exit when L1 uses shadow paging', 15200, 910, 1720, 0.12),
  shape(
    'cpuid-pge-differs',
    'a CPUID exit when L1 and L2 differ in CR4.PGE',
    9900,
    820,
    1340,
    0.98,
  ),
  shape('kv-redis-l2', 'a key-value store in L2', 94000, 780, 19600, 0.31),
];

/** Of some of the scenarios, as their suites have them; the others are called by their ids. */
function wordsOf(id: string): Pick<ScenarioSummary, 'words'> {
  const setup = 'from L2 with NPT in L0 and L1';
  if (id === 'cpuid-npt-npt') return { words: { trip: 'CPUID exit', setup } };
  if (id === 'pio-npt-npt') return { words: { trip: 'port I/O exit', setup } };
  return {};
}

function shape(
  id: string,
  what: string,
  software: number,
  flush: number,
  refill: number,
  remainingRefill: number,
): ScenarioShape {
  const question = `How much does a per-L2 ASID save on ${what}?`;
  return { id, question, software, flush, refill, remainingRefill };
}

interface StrategyShape {
  readonly id: string;
  /** Factors on the baseline's flush cycles and on the refill that the scenario leaves over. */
  readonly flush: number;
  readonly refill: (remaining: number) => number;
}

const STRATEGY_SHAPES: readonly StrategyShape[] = [
  { id: 'rfc-2025-03', flush: 0.06, refill: (remaining) => remaining },
  { id: 'flush-always', flush: 1.9, refill: () => 1.24 },
  { id: 'ideal', flush: 0, refill: (remaining) => remaining * 0.8 },
];

function ledger(scenario: ScenarioShape, flushFactor: number, refillFactor: number): CyclesByCause {
  const { software, flush, refill } = scenario;
  const parts: Partial<Record<CauseId, number>> = {
    l0Instructions: software * 0.46,
    l1Instructions: software * 0.27,
    l2Instructions: software * 0.02,
    worldSwitch: software * 0.19,
    missCapacity: software * 0.015,
    secondLevelHit: software * 0.03,
    missCold: software * 0.015,
    guestFlush: 24,
    flushInstruction: flush * 0.58 * flushFactor,
    flushRequest: flush * 0.27 * flushFactor,
    mmuSync: flush * 0.15 * flushFactor,
    refillTlb: refill * 0.55 * refillFactor,
    refillWalkCache: refill * 0.27 * refillFactor,
    refillNestedTlb: refill * 0.18 * refillFactor,
  };
  const entries = CAUSE_IDS.map((id) => [id, Number((parts[id] ?? 0).toFixed(3))] as const);
  return Object.fromEntries(entries) as Record<CauseId, number>;
}

function nanosecondsOf(cycles: CyclesByCause): number {
  return CAUSE_IDS.reduce((sum, id) => sum + cycles[id], 0) / FREQUENCY_GHZ;
}

function interval(point: number, halfWidth: number) {
  return { point, low: point - halfWidth, high: point + halfWidth };
}

function comparison(scenario: ScenarioShape, strategy: StrategyShape): Comparison {
  const ledgerBefore = ledger(scenario, 1, 1);
  const ledgerAfter = ledger(scenario, strategy.flush, strategy.refill(scenario.remainingRefill));
  const before = nanosecondsOf(ledgerBefore);
  const after = nanosecondsOf(ledgerAfter);
  const widthNs = before * (0.0015 + scenario.refill / 2_500_000);
  return {
    baseline: BASELINE,
    strategy: strategy.id,
    unit: 'ns per round trip',
    before: interval(before, before * 0.004),
    after: interval(after, after * 0.004),
    savingNs: interval(before - after, widthNs),
    savingRatio: interval(1 - after / before, widthNs / before),
    seeds: SEEDS,
    method: 'paired by seed; 95 % by Student’s t or bootstrap-t, the wider',
    beforeP50Ns: before * 0.985,
    beforeP99Ns: before * 1.31,
    afterP50Ns: after * 0.985,
    afterP99Ns: after * 1.38,
    ledgerBefore,
    ledgerAfter,
    flushesPerTripBefore: 2,
    flushesPerTripAfter: 2 * strategy.flush,
    walksPerTripBefore: scenario.refill / 19,
    walksPerTripAfter: (scenario.refill * strategy.refill(scenario.remainingRefill)) / 19,
    staleHits: NO_STALE_HITS,
    baselineStaleHits: NO_STALE_HITS,
  };
}

function scenarioSummary(scenario: ScenarioShape): ScenarioSummary {
  const comparisons = STRATEGY_SHAPES.map((strategy) => comparison(scenario, strategy));
  const saving = comparisons[0]!.savingRatio;
  const met = saving.low > 0.02;
  return {
    id: scenario.id,
    question: scenario.question,
    ...wordsOf(scenario.id),
    machine: 'zen3-milan',
    frequencyGhz: FREQUENCY_GHZ,
    comparisons,
    expectations: [
      {
        text: 'rfc-2025-03 saves at least 2 %',
        met,
        detail: `the interval of the saving starts at ${(saving.low * 100).toFixed(2)} %`,
      },
      {
        text: 'no strategy uses a stale translation',
        met: true,
        detail: 'no stale hit in 4 strategies',
      },
    ],
  };
}

function parameter(
  path: string,
  [low, value, high]: readonly [number, number, number],
  unit: Unit,
  confidence: Confidence,
  source: string,
): ManifestParameter {
  return { path, value, low, high, unit, confidence, source };
}

const MACHINE_PARAMETERS: readonly ManifestParameter[] = [
  parameter(
    'frequencyGhz',
    [2.8, 3.4, 4],
    'gigahertz',
    'derived',
    'Made for tests: between base and boost clock.',
  ),
  parameter(
    'tlb.secondLevelData[0].entries',
    [2048, 2048, 2048],
    'entries',
    'vendor',
    'Made for tests: as CPUID reports.',
  ),
  parameter('tags.asidCount', [32768, 32768, 32768], 'asids', 'vendor', 'Made for tests.'),
  parameter(
    'costs.flushAsidCycles',
    [50, 226, 600],
    'cycles',
    'assumed',
    'Made for tests: nobody has published it, so the range is wide and the value lies in its middle.',
  ),
  parameter(
    'costs.exposedWalkShare',
    [0.3, 0.7, 1],
    'ratio',
    'assumed',
    'Made for tests: out-of-order execution hides part of a walk.',
  ),
];

function manifestScenario(scenario: ScenarioShape): ManifestScenario {
  return {
    id: scenario.id,
    group: 'headline',
    question: scenario.question,
    ...wordsOf(scenario.id),
    expected: 'saves',
    suiteFile: `suites/headline/${scenario.id}.yaml`,
    suiteSha256: 'c0ffee'.repeat(11).slice(0, 64),
    parameters: [],
  };
}

function behaviours(l2Asid: string, transition: string, vmrun: string, stale: string) {
  return {
    l2Asid,
    nestedTransition: transition,
    vmcb12TlbControl: l2Asid === 'shared-with-l1' ? 'ignored' : 'honoured',
    everyVmrun: vmrun,
    staleEntries: stale,
  };
}

/** The made-up run as a report sees it. */
export function makeModel(): ReportModel {
  return reportModel(makeSummary());
}

/** Four strategies on six scenarios with plausible, made-up figures; the same at every call. */
export function makeSummary(): RunSummary {
  return {
    manifest: {
      schemaVersion: RESULTS_SCHEMA_VERSION,
      version: '0.1.0',
      command: 'npm run bench -- run headline --seeds 10',
      seeds: { first: 1, count: SEEDS },
      scenarios: SHAPES.map(manifestScenario),
      machines: [
        { id: 'zen3-milan', name: 'AMD Zen 3 (Milan), EPYC 7003', parameters: MACHINE_PARAMETERS },
      ],
      strategies: [
        {
          id: BASELINE,
          summary: 'One ASID for L1 and L2; flush and MMU sync on each nested transition.',
          behaviour: behaviours(
            'shared-with-l1',
            'flush-and-sync',
            'as-requested',
            'until-flushed',
          ),
          source: 'Linux v6.14 arch/x86/kvm/svm',
        },
        {
          id: 'rfc-2025-03',
          summary: 'One static ASID per VM and a second one for its L2; flushes only on request.',
          behaviour: behaviours('per-vm-static', 'as-needed', 'as-requested', 'until-flushed'),
          source: '20250326193619.3714986-1-yosry.ahmed@linux.dev',
        },
        {
          id: 'flush-always',
          summary: 'Upper bound of the cost: each VMRUN flushes its ASID.',
          behaviour: behaviours('shared-with-l1', 'flush-and-sync', 'flush', 'until-flushed'),
          source: 'bound of this suite',
        },
        {
          id: 'ideal',
          summary: 'Lower bound of the cost: exactly the stale entries vanish, for free.',
          behaviour: behaviours('per-vm-static', 'as-needed', 'as-requested', 'vanish'),
          source: 'bound of this suite',
        },
      ],
      baseline: BASELINE,
      calibratedOn: {
        scenario: 'cpuid-npt-npt',
        machine: 'zen3-milan',
        measurement: '256621 to 301113 CPUIDs per second',
        source: 'LKML 20250205182402.2147495-14-yosry.ahmed@linux.dev',
      },
      calibration: [
        {
          parameter: 'costs.flushAsidCycles',
          prior: '50–600 cycles',
          fitted: '226 cycles, from a published saving of 576 ns per round trip',
        },
      ],
    },
    scenarios: SHAPES.map(scenarioSummary),
  };
}

/** The summary with every comparison of one strategy replaced. */
export function withComparisons(
  summary: RunSummary,
  strategy: string,
  change: (comparison: Comparison) => Comparison,
): RunSummary {
  return {
    ...summary,
    scenarios: summary.scenarios.map((scenario) => ({
      ...scenario,
      comparisons: scenario.comparisons.map((each) =>
        each.strategy === strategy ? change(each) : each,
      ),
    })),
  };
}
