import type { FlagValues } from '../../flags/flag.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { JSON_OBJECT } from '../../flags/shared.ts';

const FLAGS = { json: JSON_OBJECT };

export type ListFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [],
  flags: FLAGS,
  details: 'With --json: {"suites": [...], "strategies": [...], "machines": [...]}.',
  examples: ['list', 'list --json'],
};
