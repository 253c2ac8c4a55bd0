import type { CommandShape } from '../../flags/shape.ts';

export const shape: CommandShape<Record<never, never>> = {
  words: [['[words...]', 'a name, with its topic before it where you like']],
  flags: {},
  details: `
Topics: machine ID, strategy ID, behaviour KEY, patch NUMBER,
obligation O7, cause ID, suite ID, parameter PATH.
A name alone is looked up in all of them. A strategy may be a prefix
(rfc-2025-03@17) or changed (ID+behaviour=value).`,
  examples: [
    'explain zen3-milan',
    'explain strategy rfc-2025-03',
    'explain behaviour invlpga',
    'explain patch 17',
    'explain costs.flushAsidCycles',
    'explain cause refillNestedTlb',
    'explain suite cpuid-npt-npt',
  ],
};
