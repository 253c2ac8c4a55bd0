import { Command, InvalidArgumentError } from 'commander';

/** Flags of a script that `npm run make -- NAME` starts: a bad one gets a sentence, `--help` the list. */
export function scriptCommand(name: string, description: string): Command {
  return new Command(`npm run -s make -- ${name}`)
    .description(description)
    .configureHelp({ helpWidth: 80 })
    .showHelpAfterError('(add --help for what is possible)');
}

/** A parser of whole numbers that are not below `least`, for Commander. */
export function wholeNumberFrom(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
  };
}
