import { CAPTURED_KERNEL, type Strategy } from '../../../hypervisor/strategies.ts';
import { openCapture } from '../../../inputs/capture.ts';
import type { ModelCheck } from '../../../report/run/model-check.ts';
import { capturedKernels, planExecuted } from '../../../run/executed-plan.ts';
import type { RunSummary } from '../../../run/results.ts';
import { suitesOfCapture } from '../../../suite/captured-suites.ts';
import type { RunRequest } from '../../../suite/run-request.ts';
import { UserError } from '../../../util/user-error.ts';
import { spoken } from '../../flags/flag.ts';
import { INVOCATION } from '../../output/invocation.ts';
import { say } from '../../output/say.ts';
import { shellWord } from '../../output/shell-word.ts';
import { buildHash } from '../../running/build-hash.ts';
import { computeRun } from '../../running/compute-run.ts';
import { selectMachines } from '../../select/machines.ts';
import { selectStrategy } from '../../select/strategies.ts';
import { CAPTURE_FLAGS, type CompareFlags } from './flags.ts';

function commandOf(a: string, b: string, flags: CompareFlags): string {
  const parts = [a, b, ...spoken(CAPTURE_FLAGS, flags)];
  return [INVOCATION, 'compare', ...parts.map(shellWord)].join(' ');
}

function modelOf(word: string | undefined): Strategy | null {
  if (word === undefined) return null;
  const strategy = selectStrategy(word);
  if (strategy.id !== CAPTURED_KERNEL) return strategy;
  const cure = 'Name the strategy that the second kernel is taken to follow';
  throw new UserError('usage', '--model', `${word} is what the model compares it with`, cure);
}

/** What kernel B saves over kernel A, each priced as it executed; returns the exit code. */
export async function compareCaptures(a: string, b: string, flags: CompareFlags): Promise<number> {
  const kernels = capturedKernels([openCapture(a), openCapture(b)]);
  const [before, after] = [kernels[0]!, kernels[1]!];
  const model = modelOf(flags.model);
  const request: RunRequest = {
    suites: suitesOfCapture(before.capture, flags.window ?? []),
    ...selectMachines(flags.machine ?? []),
    strategies: model === null ? null : [model],
    seeds: flags.seeds ?? null,
    jobs: flags.jobs,
    command: commandOf(a, b, flags),
  };
  const { cells, manifest, notices } = planExecuted(request, kernels, model !== null);
  for (const notice of notices) say(notice);
  const plan = {
    words: [a, b],
    flags: {},
    shard: null,
    build: buildHash(),
    cellIds: cells.map((cell) => cell.cellId),
    manifest,
  };
  const check =
    model === null ? null : { kernel: after.id, before: CAPTURED_KERNEL, after: model.id };
  const name = `${before.id}-${after.id}`;
  const remark = check === null ? {} : { remark: remarkOf(check) };
  const { jobs, json, out } = flags;
  return computeRun({ name, plan, cells, flags: { jobs, json, out }, ...remark });
}

function remarkOf(check: ModelCheck): (summary: RunSummary) => Promise<string> {
  return async (summary) => {
    const { renderModelCheck } = await import('../../../report/run/model-check.ts');
    return renderModelCheck(summary, check);
  };
}
