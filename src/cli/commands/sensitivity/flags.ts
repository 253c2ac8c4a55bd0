import type { FlagValues } from '../../flags/flag.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { FRESH, HTML, JOBS, JSON_OBJECT, MACHINE, STRATEGY } from '../../flags/shared.ts';

const FLAGS = {
  machine: { ...MACHINE, what: "machine instead of the suite's first" },
  strategy: STRATEGY,
  jobs: JOBS,
  json: JSON_OBJECT,
  fresh: FRESH,
  html: HTML,
};

export type SensitivityFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [['<suite>', 'suite or YAML file']],
  flags: FLAGS,
  details: `
Computes the answer 1024 times with other numbers from their ranges, those only
that can give the published rates. Then: an interval with everything unknown,
the share of its variance that each unknown explains (Sobol indices), and where
the saving reaches 1, 5 and 10 % by working set and exits per second.
Sizes and rates are run at a few points; prices are applied to their events.`,
  examples: [
    'sensitivity kv-redis-l2',
    'sensitivity cpuid-npt-npt --machine zen5-turin --json',
    'sensitivity kv-redis-l2 --html sensitivity.html',
  ],
};
