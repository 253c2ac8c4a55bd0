import type { MachinePreset } from '../hardware/machine-preset.ts';
import { machineById } from '../hardware/presets/index.ts';
import { listParameters } from '../hardware/presets/list-parameters.ts';
import { CALIBRATION_MEASUREMENT, FITTED_COSTS } from '../suite/calibration.ts';
import { cellOf, machinesFor, strategiesFor } from '../suite/plan.ts';
import { runMachine } from '../suite/run-machine.ts';
import type { RunRequest } from '../suite/run-request.ts';
import type { Suite, SuiteParameter } from '../suite/suite.ts';
import { RESULTS_SCHEMA_VERSION, VERSION } from '../suite/version.ts';
import { EVENT_KINDS } from '../workloads/events.ts';
import { PROGRAM_CYCLES_PER_INSTRUCTION } from '../workloads/program.ts';
import type {
  Manifest,
  ManifestMachine,
  ManifestParameter,
  ManifestScenario,
  UnseenEvent,
} from './results.ts';
import { unseenEvents } from './unseen-events.ts';

function suiteParameter(path: string, parameter: SuiteParameter): ManifestParameter {
  return {
    path,
    value: parameter.nominal,
    low: parameter.low,
    high: parameter.high,
    unit: parameter.unit,
    confidence: parameter.assumed === true ? 'assumed' : 'secondary',
    source: parameter.source,
  };
}

function scenarioOf(suite: Suite, unseen: readonly UnseenEvent[]): ManifestScenario {
  const parameters: ManifestParameter[] = [];
  if (suite.workload.kind === 'program') {
    parameters.push(suiteParameter('workload.exitsPerSecond', suite.workload.exitsPerSecond));
    for (const [at, { perRoundTrip }] of (suite.workload.handledByL0 ?? []).entries()) {
      parameters.push(suiteParameter(`workload.handledByL0[${at}].perRoundTrip`, perRoundTrip));
    }
    parameters.push({
      path: 'workload.programCyclesPerInstruction',
      ...PROGRAM_CYCLES_PER_INSTRUCTION,
    });
  }
  if (suite.workload.kind === 'program' && typeof suite.workload.trace === 'object') {
    const { trace } = suite.workload;
    if ('generated' in trace) {
      const path = 'workload.trace.generated.hotPages';
      parameters.push(suiteParameter(path, trace.generated.hotPages));
    }
  }
  for (const kind of EVENT_KINDS) {
    const rate = suite.events?.[kind];
    if (rate !== undefined) parameters.push(suiteParameter(`events.${kind}`, rate));
  }
  return {
    id: suite.id,
    group: suite.group,
    question: suite.question,
    ...(suite.words === undefined ? {} : { words: suite.words }),
    expected: suite.expected,
    suiteFile: suite.file,
    suiteSha256: suite.sha256,
    ...(suite.traceFile === undefined ? {} : { traceSha256: suite.traceFile.sha256 }),
    baseline: suite.baseline,
    strategies: suite.strategies,
    expect: suite.expect,
    ...(unseen.length === 0 ? {} : { unseen }),
    parameters,
  };
}

function machineOf(id: string, own: readonly MachinePreset[] = []): ManifestMachine {
  const preset = runMachine(id, own);
  return {
    id,
    name: `${preset.name}, ${preset.referencePart}`,
    parameters: listParameters(preset).map(({ path, parameter }) => ({ path, ...parameter })),
  };
}

function unique<T>(values: readonly T[], name: (value: T) => string): T[] {
  return [...new Map(values.map((value) => [name(value), value])).values()];
}

function calibrationEntries(): Manifest['calibration'] {
  const { costs } = machineById(CALIBRATION_MEASUREMENT.machine)!;
  const fitted = runMachine(CALIBRATION_MEASUREMENT.machine).costs;
  return FITTED_COSTS.map((key) => ({
    parameter: `costs.${key}`,
    prior: `${costs[key].value} (${costs[key].low} to ${costs[key].high})`,
    fitted: String(fitted[key].value),
  }));
}

/** Of the first seed: it bounds what an event changes, and no bound asks for more than one. */
function unseenOf(suite: Suite, request: RunRequest): UnseenEvent[] {
  const seeds = request.seeds ?? suite.seeds.count;
  return machinesFor(suite, request).flatMap((id) =>
    strategiesFor(suite, request).flatMap((strategy) => {
      const machine = runMachine(id, request.ownMachines);
      return unseenEvents(cellOf(suite, machine, strategy, suite.seeds.first), seeds);
    }),
  );
}

/** Everything that is needed to run a request again, and to read its results without the suites. */
export function makeManifest(request: RunRequest): Manifest {
  const [first] = request.suites;
  const machineIds = unique(
    request.suites.flatMap((suite) => machinesFor(suite, request)),
    (id) => id,
  );
  const strategies = unique(
    request.suites.flatMap((suite) => strategiesFor(suite, request)),
    (strategy) => strategy.id,
  );
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    version: VERSION,
    command: request.command,
    seeds: { first: first?.seeds.first ?? 1, count: request.seeds ?? first?.seeds.count ?? 0 },
    scenarios: request.suites.map((suite) => scenarioOf(suite, unseenOf(suite, request))),
    machines: machineIds.map((id) => machineOf(id, request.ownMachines)),
    strategies: strategies.map(({ id, summary, source, behaviour }) => ({
      id,
      summary,
      source,
      behaviour,
    })),
    baseline: first?.baseline ?? '',
    calibratedOn: {
      scenario: CALIBRATION_MEASUREMENT.suite,
      machine: CALIBRATION_MEASUREMENT.machine,
      measurement:
        `${CALIBRATION_MEASUREMENT.beforePerSecond} to ${CALIBRATION_MEASUREMENT.afterPerSecond} CPUIDs per second; ` +
        `${CALIBRATION_MEASUREMENT.plainPerSecond} without nesting`,
      source: `${CALIBRATION_MEASUREMENT.source}; ${CALIBRATION_MEASUREMENT.plainSource}`,
    },
    calibration: calibrationEntries(),
  };
}
