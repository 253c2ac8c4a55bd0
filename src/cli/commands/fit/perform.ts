import { dirname } from 'node:path';
import { CALIBRATION_SEEDS, meanOver, withSeeds } from '../../../calibrate/fit-calibration.ts';
import {
  type Determined,
  fitHost,
  type HostCase,
  type HostFit,
  type MeasuredRate,
  withClock,
} from '../../../calibrate/fit-host.ts';
import type { MachinePreset } from '../../../hardware/machine-preset.ts';
import { type Strategy, strategyById } from '../../../hypervisor/strategies.ts';
import { kernelThatFlushes, pmuRates } from '../../../importers/pmu-findings.ts';
import type { ImportedProfile } from '../../../importers/profile.ts';
import { type PredictedRates, readBack, readBackSentences } from '../../../report/which-kernel.ts';
import { MACHINE_FILE_KIND, type MachineFile } from '../../../suite/machine-file.ts';
import { runMachine } from '../../../suite/run-machine.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import type { KernelId } from '../../../workloads/kernel-exits.ts';
import { freePath } from '../../files/free-path.ts';
import { makeFolder, writeNew } from '../../files/write-file.ts';
import { importFiles } from '../../host-files/import-files.ts';
import { print } from '../../output/io.ts';
import { jsonText } from '../../output/say.ts';
import { selectMachines } from '../../select/machines.ts';
import { chooseSuites } from '../../select/suites.ts';
import type { FitFlags } from './flags.ts';
import { fitText } from './text.ts';

/** One run has no scatter of its own; this is what a careful one has: assumed. */
const ASSUMED_ERROR = 0.01;

/** `fit`: what measurements of a host say about the model's parameters, and what they leave open. */
export async function perform(files: readonly string[], flags: FitFlags): Promise<number> {
  const before = rateOf(flags.cpuidBefore);
  const after = rateOf(flags.cpuidAfter);
  if (before === null) {
    throw new UserError(
      'usage',
      'fit',
      'there is no rate to fit to',
      'Measure cpuid_rate in L2 and give --cpuid-before, and --cpuid-after where you have both kernels',
    );
  }
  const base = presetOf(flags.machine);
  const clock =
    flags.ghz === undefined ? null : withClock(base, flags.ghz, 'the clock that --ghz gives');
  const measuredCase = caseOf(flags.suite, flags.kernel);
  const fit = fitHost(clock?.preset ?? base, measuredCase, {
    before,
    after,
  });
  const determined = clock === null ? fit.determined : [clock.determined, ...fit.determined];
  refuseImpossible(determined);
  const whole: HostFit = { determined, open: fit.open };
  const checks =
    files.length === 0 ? [] : checksOf(await profileOf(files, flags), whole, base, measuredCase);
  const path = flags.out ?? freePath('reports', `fitted-${flags.machine}`, '.json');
  const machine = machineFile(base, determined);
  makeFolder(dirname(path));
  writeNew(path, jsonText(machine));
  print(
    flags.json
      ? jsonText({ machineFile: path, scenario: flags.suite, ...whole, checks })
      : fitText({ machine: flags.machine, suite: flags.suite, fit: whole, checks, path }),
  );
  return EXIT_CODES.ok;
}

/** A machine file with such a number would be refused by `run`, or believed. */
function refuseImpossible(determined: readonly Determined[]): void {
  const wrong = determined.find(({ value }) => value <= 0);
  if (wrong === undefined) return;
  const cause = `these rates make ${wrong.path} ${wrong.value}, and it can't be 0 or less`;
  const cure = 'Look whether --cpuid-before and --cpuid-after are swapped; no machine was written';
  throw new UserError('input', 'fit', cause, cure);
}

/** Mean of repeated runs with its relative standard error. */
function rateOf(runs: readonly number[] | undefined): MeasuredRate | null {
  if (runs === undefined || runs.length === 0) return null;
  const mean = runs.reduce((sum, run) => sum + run, 0) / runs.length;
  if (runs.length === 1) return { perSecond: mean, standardErrorRatio: ASSUMED_ERROR };
  const squares = runs.reduce((sum, run) => sum + (run - mean) * (run - mean), 0);
  const error = Math.sqrt(squares / (runs.length - 1) / runs.length);
  return { perSecond: mean, standardErrorRatio: error / mean };
}

function presetOf(id: string): MachinePreset {
  const { ownMachines } = selectMachines([id]);
  if (ownMachines.length > 0) {
    const cause = 'a machine file is no machine to begin from';
    throw new UserError('usage', `--machine ${id}`, cause, 'Name the one that it is based on');
  }
  return runMachine(id);
}

/** The published pair had a separate ASID on both sides; a host before the series has not. */
function caseOf(id: string, kernel: KernelId | undefined): HostCase {
  const [suite] = chooseSuites([id]);
  const before = strategyById('kvm-6.14');
  const after = strategyById('rfc-2025-03');
  if (suite === undefined || before === undefined || after === undefined) {
    throw new RangeError('a strategy of the fit is not there');
  }
  if (suite.workload.kind !== 'captured-trips') {
    throw new UserError(
      'usage',
      `--suite ${id}`,
      'it is no loop of one exit whose rate could be measured',
      'Name one such as cpuid-npt-npt or cpuid-npt-shadow',
    );
  }
  const run = kernel === undefined ? suite : { ...suite, kernel };
  return { suite: withSeeds(run, CALIBRATION_SEEDS), before, after };
}

async function profileOf(files: readonly string[], flags: FitFlags): Promise<ImportedProfile> {
  const { profile } = await importFiles(files, flags, (file) => {
    const cause = 'an address trace says nothing about the speed of a host';
    throw new UserError('input', file, cause, 'Leave it away');
  });
  if (profile === null) throw new RangeError('neither a profile nor a trace was imported');
  return profile;
}

/** What counters of the host say about the fit: sentences. */
function checksOf(
  profile: ImportedProfile,
  fit: HostFit,
  base: MachinePreset,
  measuredCase: HostCase,
): string[] {
  const speed = fit.determined.find((each) => each.path === 'costs.cyclesPerInstruction');
  const perInstruction = cyclesPerInstruction(profile);
  const checks: string[] = [];
  if (perInstruction !== null && speed !== undefined) {
    const verdict =
      speed.value <= perInstruction ? 'as it must be' : 'which can not be: check both';
    checks.push(
      `${perInstruction.toFixed(2)} cycles per instruction were counted with all misses; the fit says ${speed.value} without, ${verdict}`,
    );
  }
  const transitions = 2 * (profile.nestedRuns ?? profile.reflectedExits ?? 0);
  if (profile.flushes !== null && transitions > 0) {
    const each = profile.flushes / transitions;
    checks.push(`${each.toFixed(2)} flush requests per transition: ${kernelThatFlushes(each)}`);
  }
  if (profile.durationSeconds !== null && transitions > 0) {
    const longest =
      (1e9 * profile.durationSeconds * Math.max(1, profile.vcpus ?? 1) * 2) / transitions;
    checks.push(`round trips took at most ${Math.round(longest)} ns each, L2's own work included`);
  }
  checks.push(...kernelChecks(profile, base, measuredCase));
  if (checks.length === 0) {
    checks.push(`nothing in the files bears on the fit of ${base.id}`);
  }
  return checks;
}

/** What the PMU counted against the predictions of both kernels: no price bears on them. */
function kernelChecks(
  profile: ImportedProfile,
  base: MachinePreset,
  { suite, before, after }: HostCase,
): readonly string[] {
  const rates = pmuRates(profile);
  if (rates === null) return [];
  const predicted = (strategy: Strategy): PredictedRates => ({
    kernel: strategy.id,
    flushesPerTransition:
      meanOver(suite, base, strategy, ({ hardwareFlushesPerTrip }) => hardwareFlushesPerTrip) / 2,
    walksPerRoundTrip: meanOver(suite, base, strategy, ({ walksPerTrip }) => walksPerTrip),
  });
  return readBackSentences(readBack(rates, predicted(before), predicted(after)));
}

/** Of the whole host, from the events of that name; null without them. */
function cyclesPerInstruction(profile: ImportedProfile): number | null {
  const count = (names: RegExp): number =>
    profile.pmuEvents.find((each) => names.test(each.event))?.count ?? 0;
  const cycles = count(/^(?:cpu-)?cycles(?::[a-zA-Z]+)?$/);
  const instructions = count(/^instructions(?::[a-zA-Z]+)?$/);
  return cycles > 0 && instructions > 0 ? cycles / instructions : null;
}

function machineFile(base: MachinePreset, determined: readonly Determined[]): MachineFile {
  return {
    kind: MACHINE_FILE_KIND,
    schemaVersion: 1,
    id: `fitted-${base.id}`,
    name: `${base.name}, fitted to a host`,
    referencePart: base.referencePart,
    base: base.id as MachineFile['base'],
    parameters: determined.map(({ path, prior, value, low, high, from }) => ({
      path,
      value,
      low,
      high,
      unit: prior.unit,
      confidence: 'derived',
      source: `asidbench fit: ${from}`,
    })),
  };
}
