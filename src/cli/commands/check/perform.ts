import {
  BOUNDS,
  type Bounds,
  type CheckRequest,
  type CheckResult,
  checkEverything,
  findNew,
  QUICK_BOUNDS,
} from '../../../checker/check.ts';
import type { WorldSpec } from '../../../checker/world-spec.ts';
import { WORLDS, worldsFor } from '../../../checker/worlds.ts';
import type { Strategy } from '../../../hypervisor/strategies.ts';
import { JSON_LIMIT_BYTES, readWhole } from '../../../inputs/read-file.ts';
import { EXIT_CODES, UserError } from '../../../util/user-error.ts';
import { fileSystemCause } from '../../output/errors.ts';
import { print, printError } from '../../output/io.ts';
import { unknownName } from '../../select/names.ts';
import { applyChange, leaveOut, selectStrategy } from '../../select/strategies.ts';
import type { CheckFlags } from './flags.ts';
import { checkMutants } from './mutants.ts';
import { replayTranscript } from './replay.ts';
import { resized } from './sizes.ts';
import { checkText } from './text.ts';

/** The whole of `check`; returns the exit code. */
export async function performCheck(flags: CheckFlags): Promise<number> {
  if (flags.mutants === true) return checkMutants(Math.max(1, flags.jobs), flags.json === true);
  const plain = selectStrategy(flags.strategy);
  const changed = (flags.set ?? []).reduce(applyChange, leaveOut(plain, flags.without ?? []));
  if (flags.replay !== undefined) {
    return replayTranscript(changed, readTranscript(flags.replay), flags);
  }
  const isCompared = changed !== plain;
  const request: CheckRequest = {
    behaviour: changed.behaviour,
    base: isCompared ? plain.behaviour : null,
    worlds: selectWorlds(flags, changed).map((world) => resized(world, flags)),
    bounds: bounds(flags),
    jobs: Math.max(1, flags.jobs),
  };
  const result =
    isCompared && flags.all !== true
      ? findNew(request)
      : await checkEverything(request, (world, done, total) => {
          if (flags.json !== true) progress(world.world, done, total);
        });
  if (flags.json === true) print(checkJson(changed, plain, request, result));
  else print(checkText(title(changed, request), result, isCompared));
  const counted = result.violations.filter((each) => each.isNew || !isCompared);
  return counted.length > 0 ? EXIT_CODES.violation : EXIT_CODES.ok;
}

function selectWorlds(flags: CheckFlags, strategy: Strategy): readonly WorldSpec[] {
  const known = WORLDS.map((world) => world.id);
  for (const word of flags.world ?? []) {
    if (!known.includes(word)) throw unknownName('world', word, known);
  }
  const worlds = worldsFor(strategy.behaviour);
  return flags.world === undefined ? worlds : WORLDS.filter((w) => flags.world?.includes(w.id));
}

function bounds(flags: CheckFlags): Bounds {
  const usual = flags.quick === true ? QUICK_BOUNDS : BOUNDS;
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

function progress(world: string, done: number, total: number): void {
  if (process.stderr.isTTY) printError(`${done}/${total} ${world}\n`);
}

function readTranscript(path: string): { text: string; place: string } {
  const place = path === '-' ? 'standard input' : path;
  try {
    return { text: readWhole(path, JSON_LIMIT_BYTES, place).toString(), place };
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('input', path, fileSystemCause(error), 'Name a file that can be read');
  }
}

function checkJson(
  strategy: Strategy,
  plain: Strategy,
  request: CheckRequest,
  result: CheckResult,
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
    worlds: result.worlds.map(({ violations, exercised: _, ...world }) => ({
      ...world,
      violations: violations.length,
    })),
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}
