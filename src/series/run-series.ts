import type { Bounds } from '../checker/check.ts';
import type { Strategy } from '../hypervisor/strategies.ts';
import { openPool } from '../parallel/pool.ts';
import { type Engine, localEngine } from '../run/execute.ts';
import type { CellResult } from '../run/results.ts';
import { planCells } from '../suite/plan.ts';
import type { RunRequest } from '../suite/run-request.ts';
import type { Suite } from '../suite/suite.ts';
import { type SeriesReport, seriesReport } from './series.ts';
import { behaviourId, type SeriesVariants, seriesVariants } from './variants.ts';
import { type VerdictAnswer, type VerdictQuestion, verdictTask } from './verdicts.ts';

/** Scenarios in which patches show what they save or cost; the first is the one in tables. */
export const SERIES_SUITES = [
  'cpuid-npt-npt',
  'kv-redis-l2',
  'same-vm-vcpus-on-one-pcpu-2-0.1',
  'nonnested-without-flushbyasid',
] as const;

export interface SeriesRequest {
  readonly suites: readonly Suite[];
  readonly seeds: number;
  readonly bounds: Bounds;
  readonly jobs: number;
  /** What computes cells; absent: threads. */
  readonly engine?: Engine;
  /** Absent: every verdict is found anew. */
  readonly verdicts?: VerdictMemory;
}

/** Verdicts that are known already, and where new ones are kept. */
export interface VerdictMemory {
  readonly get: (question: VerdictQuestion) => VerdictAnswer | null;
  readonly put: (question: VerdictQuestion, answer: VerdictAnswer) => void;
}

/** Told how much of the cells and of the verdicts is done. */
export type SeriesProgress = (what: 'cells' | 'verdicts', done: number, total: number) => void;

/** Runs and checks every state of the series. The result is the same for any number of jobs. */
export async function runSeries(
  request: SeriesRequest,
  onProgress: SeriesProgress,
): Promise<SeriesReport> {
  const variants = seriesVariants();
  const cells = await runCells(variants, request, onProgress);
  const questions = questionsOf(variants, request.bounds);
  const answers = await ask(questions, request, onProgress);
  const answersTo = (kind: 'prefix' | 'dropped') =>
    new Map(
      questions.flatMap((question, at): [string, VerdictAnswer][] =>
        question.kind === kind ? [[question.id, answers[at]!]] : [],
      ),
    );
  return seriesReport(variants, {
    cells,
    asAsked: (strategy) => behaviourId(withForcedLeaveMended(strategy).behaviour),
    prefixAnswers: answersTo('prefix'),
    droppedAnswers: answersTo('dropped'),
  });
}

async function runCells(
  variants: SeriesVariants,
  { suites, seeds, jobs, engine = localEngine(jobs) }: SeriesRequest,
  onProgress: SeriesProgress,
): Promise<CellResult[]> {
  const request: RunRequest = {
    // The plan puts each suite's baseline first: here it is the series after no patch.
    suites: suites.map((suite) => ({ ...suite, baseline: variants.distinct[0]!.id })),
    machines: null,
    strategies: variants.distinct,
    seeds,
    jobs,
    command: 'check --series',
  };
  const plan = planCells(request);
  const cells: CellResult[] = [];
  await engine(plan, (cell) => {
    cells.push(cell);
    onProgress('cells', cells.length, plan.length);
  });
  return cells;
}

interface Question extends VerdictQuestion {
  readonly kind: 'prefix' | 'dropped';
  /** `behaviourId` of the behaviours that are asked about. */
  readonly id: string;
}

/**
 * v6.14 leaks L2's entries to L1 when userspace takes a vCPU out of L2, and so does every prefix. That
 * is mended on both sides before they are compared: it would hide what is new.
 */
function withForcedLeaveMended(strategy: Strategy): Strategy {
  return { ...strategy, behaviour: { ...strategy.behaviour, forcedLeave: 'flush-and-sync' } };
}

/** One question for each set of behaviours that differs from what it is compared with. */
function questionsOf(variants: SeriesVariants, bounds: Bounds): Question[] {
  const prefixes = variants.prefixes.map(withForcedLeaveMended);
  const baseline = prefixes[0]!.behaviour;
  const whole = variants.prefixes.at(-1)!.behaviour;
  const ask = (kind: Question['kind'], base: typeof whole, strategies: readonly Strategy[]) => {
    const different = new Map(
      strategies
        .filter(({ behaviour }) => behaviourId(behaviour) !== behaviourId(base))
        .map(({ behaviour }) => [behaviourId(behaviour), behaviour]),
    );
    return [...different].map(([id, behaviour]) => ({ kind, id, behaviour, base, bounds }));
  };
  return [...ask('prefix', baseline, prefixes), ...ask('dropped', whole, variants.dropped)];
}

async function ask(
  questions: readonly Question[],
  { jobs, verdicts }: SeriesRequest,
  onProgress: SeriesProgress,
): Promise<VerdictAnswer[]> {
  const answers = questions.map((question) => verdicts?.get(asked(question)) ?? null);
  const missing = [...questions.keys()].filter((at) => answers[at] === null);
  let done = questions.length - missing.length;
  onProgress('verdicts', done, questions.length);
  const pool = openPool(verdictTask, null, { jobs: Math.max(1, Math.min(jobs, missing.length)) });
  try {
    const inputs = missing.map((at) => asked(questions[at]!));
    await pool.run(inputs, (found, index) => {
      answers[missing[index]!] = found;
      verdicts?.put(inputs[index]!, found);
      done += 1;
      onProgress('verdicts', done, questions.length);
    });
  } finally {
    await pool.close();
  }
  return answers.map((answer) => answer!);
}

/** Everything that decides the answer, but the code. */
function asked({ behaviour, base, bounds }: Question): VerdictQuestion {
  return { behaviour, base, bounds };
}
