import { Command } from 'commander';
import { endWith } from '../../output/io.ts';
import { MERGE_HELP } from '../../output/messages.ts';

export interface MergeFlags {
  readonly out: string;
  readonly json?: boolean;
}

/** `merge DIR…`: the shards of a run as the run that one machine would have written. */
export function mergeCommand(): Command {
  return new Command('merge')
    .description('join the shards of a run into the run that one machine would have written')
    .argument('<dir...>', 'folders that "run --shard" has written, in any order')
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--json', 'print one JSON object')
    .addHelpText('after', MERGE_HELP)
    .action(async (folders: string[], flags: MergeFlags) => {
      const { mergeShards } = await import('./merge.ts');
      endWith(await mergeShards(folders, flags));
    });
}
