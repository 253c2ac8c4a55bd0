import { type Capture, openCapture } from '../../../inputs/capture.ts';
import type { PlannedCell } from '../../../run/executed-cell.ts';
import { capturedKernels, planExecuted } from '../../../run/executed-plan.ts';
import { makeManifest } from '../../../run/manifest.ts';
import type { Manifest } from '../../../run/results.ts';
import type { ResultFlags, RunPlan } from '../../../run/run-plan.ts';
import { suitesOfCapture } from '../../../suite/captured-suites.ts';
import { planCells } from '../../../suite/plan.ts';
import type { RunRequest } from '../../../suite/run-request.ts';
import type { Suite } from '../../../suite/suite.ts';
import { UserError } from '../../../util/user-error.ts';
import { INVOCATION } from '../../output/messages.ts';
import { isFinished, isUnstarted, readPlan, refuseRunIn } from '../../run-folder/run-folder.ts';
import { buildHash } from '../../running/build-hash.ts';
import { computeRun } from '../../running/compute-run.ts';
import { showFinishedRun } from '../../running/finished-run.ts';
import { selectMachines } from '../../select/machines.ts';
import { checkSuiteNames, selectStrategies } from '../../select/strategies.ts';
import { chooseSuites } from '../../select/suites.ts';
import type { RunFlags } from './flags.ts';
import type { Pilot } from './pilot.ts';

/** Words and flags that decide a run's results. */
interface Asked {
  readonly words: readonly string[];
  readonly flags: ResultFlags;
  readonly shard: RunPlan['shard'];
}

/** The whole of `run`; returns the exit code. */
export async function performRun(
  words: readonly string[],
  flags: RunFlags,
  defaultGroup: string,
): Promise<number> {
  const asked = askedFor(words, flags, defaultGroup);
  const capture = asked.flags.capture === undefined ? null : openCapture(asked.flags.capture);
  const suites =
    capture === null ? chooseSuites(asked.words) : suitesOfCapture(capture, asked.words);
  checkSuiteNames(suites);
  const asks: RunRequest = {
    suites,
    ...selectMachines(asked.flags.machine ?? []),
    strategies: selectStrategies(
      asked.flags.strategy ?? [],
      asked.flags.set ?? [],
      suites,
      asked.flags.without,
    ),
    seeds: asked.flags.seeds ?? null,
    jobs: flags.jobs,
    command: commandLine(asked.words, asked.flags),
  };
  const pilot = await pilotFor(asks, flags);
  // The run is what its seeds make it; that a pilot has chosen them changes no result.
  const resultFlags = pilot === null ? asked.flags : { ...asked.flags, seeds: pilot.seeds };
  const request: RunRequest = {
    ...asks,
    seeds: resultFlags.seeds ?? null,
    command: commandLine(asked.words, resultFlags),
  };
  const { cells, manifest } = cellsOf(request, capture, asked.flags);
  const plan: RunPlan = {
    words: asked.words,
    flags: { ...resultFlags },
    shard: asked.shard,
    build: buildHash(),
    cellIds: cells.map((cell) => cell.cellId),
    manifest,
  };
  if (flags.resume !== undefined && isFinished(flags.resume)) {
    return showFinishedRun(flags.resume, plan, flags.json === true);
  }
  const known = pilot === null ? {} : { known: pilot.known };
  return computeRun({ name: runName(asked.words, request), plan, cells, flags, ...known });
}

/** As executed, what the captured kernel did comes first and is what strategies are compared with. */
function cellsOf(
  request: RunRequest,
  capture: Capture | null,
  flags: ResultFlags,
): { readonly cells: readonly PlannedCell[]; readonly manifest: Manifest } {
  if (capture === null || flags.as === undefined) {
    return { cells: planCells(request), manifest: makeManifest(request) };
  }
  return planExecuted(request, capturedKernels([capture]), true);
}

/** Computes the pilot of `--precision`; null without the flag. */
async function pilotFor(request: RunRequest, flags: RunFlags): Promise<Pilot | null> {
  if (flags.precision === undefined) return null;
  const other =
    flags.resume !== undefined ? '--resume' : flags.shard !== undefined ? '--shard' : null;
  if (other !== null) {
    const cause = `it does not go together with ${other}`;
    const cure = 'Say --seeds with the number that a run with --precision has printed';
    throw new UserError('usage', '--precision', cause, cure);
  }
  if (flags.precision === 0) {
    const cause = 'no number of seeds makes an interval of ± 0 %';
    throw new UserError('usage', '--precision', cause, 'Write for example --precision 0.5%');
  }
  // The run would say so as well, but only after a pilot that may take long.
  if (flags.out !== undefined) refuseRunIn(flags.out);
  const { runPilot } = await import('./pilot.ts');
  return runPilot(planCells(request), flags, flags.precision, buildHash());
}

/** A resumed run is what its folder says, unless words or flags say it again. */
function askedFor(words: readonly string[], flags: RunFlags, defaultGroup: string): Asked {
  const result = resultFlagsOf(flags);
  const says = words.length > 0 || Object.keys(result).length > 0 || flags.shard !== undefined;
  if (flags.resume === undefined || says) {
    if (result.as !== undefined && result.capture === undefined) {
      const cure = 'Name a capture as well: --capture DIR';
      throw new UserError('usage', '--as', 'only what was captured can be run as executed', cure);
    }
    const isDefault = words.length === 0 && result.capture === undefined;
    const named = isDefault ? [defaultGroup] : words;
    return { words: named, flags: result, shard: flags.shard ?? null };
  }
  if (flags.out !== undefined) {
    const cure = 'Leave --out away: a resumed run stays in its folder';
    throw new UserError('usage', '--out', 'it does not go together with --resume', cure);
  }
  return storedRequest(flags.resume);
}

/**
 * What a folder says that its run was asked for. Paths in it are not followed: a plan may come from
 * somebody else.
 */
function storedRequest(folder: string): Asked {
  if (isUnstarted(folder)) {
    const cause = 'there is no run in it';
    throw new UserError('input', folder, cause, 'Say what to run, too, to start it there');
  }
  const { words, flags, shard } = readPlan(folder);
  const file =
    flags.capture ??
    [...words, ...(flags.machine ?? [])].find((word) => /\.(?:ya?ml|json)$/.test(word));
  if (file !== undefined) {
    throw new UserError(
      'usage',
      '--resume',
      `the run in ${folder} is of a file of your own, ${file}`,
      `Name it again: ${commandLine(words, flags)} --resume ${shellWord(folder)}`,
    );
  }
  return { words, flags, shard };
}

/** The flags that decide results; the others say how, where and how much at a time. */
function resultFlagsOf(flags: RunFlags): ResultFlags {
  const { capture, as, machine, strategy, set, without, seeds } = flags;
  return {
    ...(capture === undefined ? {} : { capture }),
    ...(as === undefined ? {} : { as }),
    ...(machine === undefined ? {} : { machine }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(set === undefined ? {} : { set }),
    ...(without === undefined ? {} : { without }),
    ...(seeds === undefined ? {} : { seeds }),
  };
}

/** `cpuid-npt-npt-zen3-milan`: what was asked for first, on the first machine. */
export function runName(
  words: readonly string[],
  request: { suites: readonly Suite[]; machines: readonly string[] | null },
): string {
  const suite = request.suites[0];
  const word = words[0] ?? suite?.group ?? 'run';
  const subject = /\.ya?ml$/.test(word) ? (suite?.id ?? 'suite') : word;
  const machine = request.machines?.[0] ?? suite?.machines[0] ?? 'machine';
  return `${subject}-${machine}`.replace(/[^A-Za-z0-9.-]/g, '-');
}

/** The command that gives the same results; where they go and how fast is left out. */
export function commandLine(words: readonly string[], flags: ResultFlags): string {
  const parts = [
    ...words,
    ...(flags.capture === undefined ? [] : ['--capture', flags.capture]),
    ...(flags.as === undefined ? [] : ['--as', flags.as]),
    ...(flags.machine ?? []).flatMap((id) => ['--machine', id]),
    ...(flags.strategy ?? []).flatMap((id) => ['--strategy', id]),
    ...(flags.set ?? []).flatMap((change) => ['--set', change]),
    ...(flags.without === undefined ? [] : ['--without', flags.without.join(',')]),
    ...(flags.seeds === undefined ? [] : ['--seeds', String(flags.seeds)]),
  ];
  return [INVOCATION, 'run', ...parts.map(shellWord)].join(' ');
}

export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./=:+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
