import { type FlagValues, text } from '../../flags/flag.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { JSON_OBJECT, MACHINE, OUT_FOLDER } from '../../flags/shared.ts';

const FLAGS = {
  machine: { ...MACHINE, what: 'machine, or machine file, to compare with (default: the nearest)' },
  from: text('--from <file>', 'a probe.json of before instead of a measurement'),
  json: JSON_OBJECT,
  out: OUT_FOLDER,
};

export type ProbeFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [],
  flags: FLAGS,
  details: `
Follows chains of dependent loads, one on each page, and as many side by side:
the difference is translation. Takes less than 30 seconds and one core; an idle
host gives narrow intervals. Where a C compiler exists, CPUID exits are counted
too: run it in a guest before and after a change of its host.
Writes probe.json (what was measured, host time), probe.svg (measured and
modelled curve) and machine.json (the host as a machine that run takes).`,
  examples: [
    'probe',
    'probe --json --out before',
    'probe --from before/probe.json --machine zen3-milan',
    'run cpuid-npt-npt --machine before/machine.json',
  ],
};
