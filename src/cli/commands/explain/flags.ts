import { Command } from 'commander';
import { print } from '../../output/io.ts';
import { EXPLAIN_HELP } from '../../output/messages.ts';

/** `explain [topic] [name]`: what a name means and where its numbers come from. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('what a machine, strategy, behaviour, cause or scenario is')
    .argument('[words...]', 'a name, with its topic before it where you like')
    .addHelpText('after', EXPLAIN_HELP)
    .action(async (words: string[]) => {
      const { explain, topics } = await import('./perform.ts');
      print(`${explain(words, await topics(words)).trimEnd()}\n`);
    });
}
