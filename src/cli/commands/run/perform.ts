import type { ResultFlags } from '../../../run/run-plan.ts';
import { UserError } from '../../../util/user-error.ts';
import { shellWord } from '../../output/shell-word.ts';
import { isUnstarted, readPlan } from '../../run-folder/run-folder.ts';
import { DEFAULT_GROUP, RESULT_FLAGS, type RunFlags } from './flags.ts';
import { mergeShards } from './merge.ts';
import { type Asked, commandLine, runSuites } from './run-suites.ts';

/** `run [suite…]`: computes every cell of the suites and writes a report. */
export async function perform(words: readonly string[], flags: RunFlags): Promise<number> {
  return flags.merge ? mergeShards(words, flags) : runSuites(askedFor(words, flags), flags);
}

/** A resumed run is what its folder says, unless words or flags say it again. */
function askedFor(words: readonly string[], flags: RunFlags): Asked {
  const result = resultFlagsOf(flags);
  const says = words.length > 0 || Object.keys(result).length > 0 || flags.shard !== undefined;
  if (flags.resume === undefined || says) {
    if (result.as !== undefined && result.capture === undefined) {
      const cure = 'Name a capture as well: --capture DIR';
      throw new UserError('usage', '--as', 'only what was captured can be run as executed', cure);
    }
    const isDefault = words.length === 0 && result.capture === undefined;
    const named = isDefault ? [DEFAULT_GROUP] : words;
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
  const given = Object.keys(RESULT_FLAGS).map((key) => [key, flags[key as keyof ResultFlags]]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as ResultFlags;
}
