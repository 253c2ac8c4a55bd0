import { type Capture, openCapture } from '../../../inputs/capture.ts';
import { withTakenSeeds } from '../../../run/course.ts';
import type { PlannedCell } from '../../../run/executed-cell.ts';
import { capturedKernels, planExecuted } from '../../../run/executed-plan.ts';
import { makeManifest } from '../../../run/manifest.ts';
import type { Manifest } from '../../../run/results.ts';
import type { ResultFlags, RunPlan } from '../../../run/run-plan.ts';
import { type KnownWhole, settlingCells } from '../../../run/settled-seeds.ts';
import { suitesOfCapture } from '../../../suite/captured-suites.ts';
import { planCells } from '../../../suite/plan.ts';
import type { RunRequest } from '../../../suite/run-request.ts';
import type { Suite } from '../../../suite/suite.ts';
import { UserError } from '../../../util/user-error.ts';
import { spoken } from '../../flags/flag.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { shellWord } from '../../output/shell-word.ts';
import { isFinished, refuseRunIn } from '../../run-folder/run-folder.ts';
import { buildHash } from '../../running/build-hash.ts';
import { type ComputeFlags, computeRun } from '../../running/compute-run.ts';
import { showFinishedRun } from '../../running/finished-run.ts';
import { storedWholes } from '../../running/stored-wholes.ts';
import { selectMachines } from '../../select/machines.ts';
import { checkSuiteNames, selectStrategies } from '../../select/strategies.ts';
import { chooseSuites } from '../../select/suites.ts';
import { RESULT_FLAGS } from './flags.ts';
import { type PilotRun, runPilot } from './pilot.ts';

/** Words and flags that decide a run's results. */
export interface Asked {
  readonly words: readonly string[];
  readonly flags: ResultFlags;
  /** Null: the whole run. */
  readonly shard: RunPlan['shard'];
}

/** How it is computed: half width of the intervals of savings, as a share of the time before. */
export interface RunSuitesFlags extends ComputeFlags {
  readonly precision?: number | undefined;
}

/** Runs suites, or goes on with a run of them, and reports; returns the exit code. */
export async function runSuites(asked: Asked, flags: RunSuitesFlags): Promise<number> {
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
    seeds: numberOf(asked.flags.seeds),
    jobs: flags.jobs,
    command: commandLine(asked.words, asked.flags),
  };
  const pilot = await pilotFor(asks, flags, asked.shard !== null);
  const wholes = capture === null ? await storedWholes(planCells(asks)) : [];
  const seeds = pilot?.seeds ?? seedsOf(asked, wholes);
  // The run is what its seeds make it; that a pilot has chosen them changes no result.
  const resultFlags = seeds === undefined ? asked.flags : { ...asked.flags, seeds };
  const request: RunRequest = {
    ...asks,
    seeds: numberOf(seeds),
    command: commandLine(asked.words, resultFlags),
  };
  const planned = cellsOf(request, capture, asked.flags);
  const { cells, settled } = settlingCells(planned.cells, seeds === undefined ? wholes : []);
  const manifest = withTakenSeeds(planned.manifest, settled);
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
  const name = runName(asked.words, request);
  return computeRun({ name, plan, cells, settling: settled, wholes, flags, ...known });
}

/** A number of seeds for all suites; null: each suite's own. */
function numberOf(seeds: ResultFlags['seeds']): number | null {
  return typeof seeds === 'number' ? seeds : null;
}

/** A shard knows no results of the others, on which the seeds of a whole run may depend: it takes the suites'. */
function seedsOf({ flags, shard }: Asked, wholes: readonly KnownWhole[]): ResultFlags['seeds'] {
  const isLeftToResults = flags.seeds === undefined && wholes.length > 0;
  return isLeftToResults && shard !== null ? 'suite' : flags.seeds;
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
async function pilotFor(
  request: RunRequest,
  flags: RunSuitesFlags,
  isShard: boolean,
): Promise<PilotRun | null> {
  if (flags.precision === undefined) return null;
  const other = flags.resume !== undefined ? '--resume' : isShard ? '--shard' : null;
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
  return runPilot(planCells(request), flags, flags.precision, buildHash());
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
  const parts = [...words, ...spoken(RESULT_FLAGS, flags)];
  return [INVOCATION, 'run', ...parts.map(shellWord)].join(' ');
}
