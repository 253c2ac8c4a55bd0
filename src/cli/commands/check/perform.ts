import {
  BOUNDS,
  type Bounds,
  type CheckRequest,
  type CheckResult,
  COMPARED_BOUNDS,
  checkEverything,
  findNew,
  QUICK_BOUNDS,
} from '../../../checker/check.ts';
import type { WorldResult } from '../../../checker/check-world.ts';
import type { WorldSpec } from '../../../checker/world-spec.ts';
import { WORLDS, worldsFor } from '../../../checker/worlds.ts';
import type { Strategy } from '../../../hypervisor/strategies.ts';
import { EXIT_CODES } from '../../../util/user-error.ts';
import { readText } from '../../files/read-text.ts';
import { refuseFlags } from '../../flags/refuse.ts';
import { print } from '../../output/io.ts';
import { startTerminalProgress } from '../../output/progress.ts';
import { jsonText } from '../../output/say.ts';
import { storedSafety } from '../../running/evidence.ts';
import { named } from '../../select/names.ts';
import { applyChange, leaveOut, selectStrategy } from '../../select/strategies.ts';
import { type Cost, costsOf, costsText } from './costs.ts';
import { type CheckFlags, SERIES_FLAGS, WORLD_FLAGS } from './flags.ts';
import { checkMutants } from './mutants.ts';
import { replayTranscript } from './replay.ts';
import { resized } from './sizes.ts';
import { checkText, newIn } from './text.ts';

/** `check`: every interleaving of a small world, looking for stale translations. */
export async function perform(_: readonly string[], flags: CheckFlags): Promise<number> {
  if (flags.series) {
    refuseFlags(WORLD_FLAGS, flags, 'it does not go together with --series', 'Leave it away');
    const { checkSeries } = await import('./series.ts');
    return checkSeries(flags);
  }
  refuseFlags(SERIES_FLAGS, flags, 'it is for the whole series', 'Add --series');
  if (flags.mutants) return checkMutants(flags.jobs, flags.json);
  const plain = selectStrategy(flags.strategy);
  const changed = (flags.set ?? []).reduce(applyChange, leaveOut(plain, flags.without ?? []));
  if (flags.replay !== undefined) {
    return replayTranscript(changed, readTranscript(flags.replay), flags);
  }
  const isCompared = changed !== plain;
  const stopsAtNew = isCompared && !flags.all;
  const request: CheckRequest = {
    behaviour: changed.behaviour,
    base: isCompared ? plain.behaviour : null,
    worlds: selectWorlds(flags, changed).map((world) => resized(world, flags)),
    bounds: bounds(flags, stopsAtNew ? COMPARED_BOUNDS : BOUNDS),
    jobs: flags.jobs,
  };
  const progress = flags.json ? null : startTerminalProgress(0, 'worlds');
  const onWorld = (_: WorldResult, done: number, total: number): void => {
    progress?.advance(done, total);
  };
  const result = stopsAtNew ? findNew(request, onWorld) : await checkEverything(request, onWorld);
  progress?.finish();
  const against = isCompared ? { base: storedSafety(plain), isFirstOnly: stopsAtNew } : null;
  const costs = await costsOf(isCompared ? [plain, changed] : [plain], flags);
  if (flags.json) print(checkJson(changed, plain, request, result, costs));
  else print(checkText(title(changed, request), result, against) + costsText(costs));
  const counted = isCompared ? newIn(result) : result.violations;
  return counted.length > 0 ? EXIT_CODES.violation : EXIT_CODES.ok;
}

function selectWorlds(flags: CheckFlags, strategy: Strategy): readonly WorldSpec[] {
  for (const word of flags.world ?? []) named('world', word, WORLDS);
  const worlds = worldsFor(strategy.behaviour);
  return flags.world === undefined ? worlds : WORLDS.filter((w) => flags.world?.includes(w.id));
}

function bounds(flags: CheckFlags, whole: Bounds): Bounds {
  const usual = flags.quick ? QUICK_BOUNDS : whole;
  return {
    maxDepth: flags.depth ?? usual.maxDepth,
    maxStates: flags.states ?? usual.maxStates,
    runs: flags.runs ?? usual.runs,
    runLength: usual.runLength,
    seed: flags.seed ?? usual.seed,
  };
}

function title(strategy: Strategy, request: CheckRequest): string {
  const worlds = request.worlds.length;
  return `${strategy.id} in ${worlds} world${worlds === 1 ? '' : 's'}`;
}

function readTranscript(path: string): { text: string; place: string } {
  const place = path === '-' ? 'standard input' : path;
  return { text: readText(path, 'Name a file that can be read', place), place };
}

function checkJson(
  strategy: Strategy,
  plain: Strategy,
  request: CheckRequest,
  result: CheckResult,
  costs: readonly Cost[],
): string {
  const { worlds } = request;
  const isCompared = strategy !== plain;
  const body = {
    strategy: strategy.id,
    base: isCompared ? plain.id : null,
    world: worlds.length === 1 ? worlds[0]!.id : 'all',
    statesExplored: result.statesExplored,
    stepsExplored: result.stepsExplored,
    randomSteps: result.randomSteps,
    depth: result.depth,
    exhaustive: result.exhaustive,
    bounds: request.bounds,
    obligations: result.obligations,
    violations: result.violations.map(({ cause: _, ...violation }) => violation),
    newViolations: isCompared ? newIn(result).length : null,
    baseVerdict: isCompared ? storedSafety(plain).verdict : null,
    costs,
    worlds: result.worlds.map(({ violations, exercised: _, ...world }) => ({
      ...world,
      violations: violations.length,
    })),
  };
  return jsonText(body);
}
