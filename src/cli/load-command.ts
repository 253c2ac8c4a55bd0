import type { Command } from 'commander';
import type { CommandName } from './commands.ts';
import { type Flags, type FlagValues, valuesOf } from './flags/flag.ts';
import { type CommandShape, commandOf } from './flags/shape.ts';
import { endWith } from './output/io.ts';

/** The two modules of a command: what it takes, and what it does; it returns the exit code. */
interface CommandModules<Table extends Flags> {
  readonly flags: () => Promise<{ readonly shape: CommandShape<Table> }>;
  readonly perform: () => Promise<{
    readonly perform: (
      words: readonly string[],
      flags: NoInfer<FlagValues<Table>>,
    ) => Promise<number>;
  }>;
}

type Loader = (name: string, summary: string) => Promise<Command>;

/** What a command does is loaded when it is done: help and mistakes need none of it. */
function loader<Table extends Flags>(modules: CommandModules<Table>): Loader {
  return async (name, summary) => {
    const { shape } = await modules.flags();
    const command = commandOf(name, summary, shape);
    return command.action(async () => {
      const { perform } = await modules.perform();
      endWith(await perform(command.args, valuesOf(command, shape.flags)));
    });
  };
}

const LOADERS: Readonly<Record<CommandName, Loader>> = {
  run: loader({
    flags: () => import('./commands/run/flags.ts'),
    perform: () => import('./commands/run/perform.ts'),
  }),
  answer: loader({
    flags: () => import('./commands/answer/flags.ts'),
    perform: () => import('./commands/answer/perform.ts'),
  }),
  compare: loader({
    flags: () => import('./commands/compare/flags.ts'),
    perform: () => import('./commands/compare/perform.ts'),
  }),
  report: loader({
    flags: () => import('./commands/report/flags.ts'),
    perform: () => import('./commands/report/perform.ts'),
  }),
  check: loader({
    flags: () => import('./commands/check/flags.ts'),
    perform: () => import('./commands/check/perform.ts'),
  }),
  sanitize: loader({
    flags: () => import('./commands/sanitize/flags.ts'),
    perform: () => import('./commands/sanitize/perform.ts'),
  }),
  replay: loader({
    flags: () => import('./commands/replay/flags.ts'),
    perform: () => import('./commands/replay/perform.ts'),
  }),
  import: loader({
    flags: () => import('./commands/import/flags.ts'),
    perform: () => import('./commands/import/perform.ts'),
  }),
  record: loader({
    flags: () => import('./commands/record/flags.ts'),
    perform: () => import('./commands/record/perform.ts'),
  }),
  capture: loader({
    flags: () => import('./commands/capture/flags.ts'),
    perform: () => import('./commands/capture/perform.ts'),
  }),
  probe: loader({
    flags: () => import('./commands/probe/flags.ts'),
    perform: () => import('./commands/probe/perform.ts'),
  }),
  fit: loader({
    flags: () => import('./commands/fit/flags.ts'),
    perform: () => import('./commands/fit/perform.ts'),
  }),
  list: loader({
    flags: () => import('./commands/list/flags.ts'),
    perform: () => import('./commands/list/perform.ts'),
  }),
  explain: loader({
    flags: () => import('./commands/explain/flags.ts'),
    perform: () => import('./commands/explain/perform.ts'),
  }),
  sensitivity: loader({
    flags: () => import('./commands/sensitivity/flags.ts'),
    perform: () => import('./commands/sensitivity/perform.ts'),
  }),
  validate: loader({
    flags: () => import('./commands/validate/flags.ts'),
    perform: () => import('./commands/validate/perform.ts'),
  }),
  worker: loader({
    flags: () => import('./commands/worker/flags.ts'),
    perform: () => import('./commands/worker/perform.ts'),
  }),
};

/** A command with its flags and help, ready to be parsed. */
export function loadCommand(name: CommandName, summary: string): Promise<Command> {
  return LOADERS[name](name, summary);
}
