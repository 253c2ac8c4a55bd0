import { type FlagValues, repeated, word } from '../../flags/flag.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { FRESH, JOBS, JSON_OBJECT } from '../../flags/shared.ts';

const FLAGS = {
  probe: repeated('--probe <file>', 'a probe.json of a host of yours; repeatable', word),
  jobs: JOBS,
  json: JSON_OBJECT,
  fresh: FRESH,
};

export type ValidateFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [],
  flags: FLAGS,
  details: `
Each row has its source and setup, what was measured, what the model predicts
with its bounds, and whether the two agree. Calibration rows are those that a
parameter comes from. A miss is shown and does not fail the command.`,
  examples: ['validate', 'validate --json', 'validate --probe reports/probe/probe.json'],
};
