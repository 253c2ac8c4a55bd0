import { escapeTerminal } from '../../report/blocks/escape.ts';
import { PROGRAM_NAME } from './invocation.ts';
import { printError } from './io.ts';

/** A sentence about what goes on, beside the results. */
export function say(sentence: string): void {
  printError(`${PROGRAM_NAME}: ${escapeTerminal(sentence)}\n`);
}

/** One JSON object, as every command prints it. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
