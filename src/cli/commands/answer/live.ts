import { Command } from 'commander';
import { print } from '../../output/io.ts';
import { LIVE_HELP } from '../../output/messages.ts';

/** `live LINK`: the answer that the page of a report gives for a link. */
export function liveCommand(): Command {
  return new Command('live')
    .description('the answer that the page of a report shows under a link')
    .argument('<link>', 'the link, or what follows its #: try?scenario=…')
    .option('--json', 'print one JSON object')
    .addHelpText('after', LIVE_HELP)
    .action(async (link: string, flags: { readonly json?: boolean }) => {
      const [{ stateOfFragment }, { liveAnswer }, { liveText }] = await Promise.all([
        import('../../../live/live-state.ts'),
        import('../../running/live-cells.ts'),
        import('../../../report/live-text.ts'),
      ]);
      const state = stateOfFragment(link);
      const answer = liveAnswer(state);
      const json = () => `${JSON.stringify({ state, ...answer }, null, 2)}\n`;
      print(flags.json === true ? json() : liveText(answer));
    });
}
