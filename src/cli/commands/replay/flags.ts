import { CAPTURED_KERNEL } from '../../../hypervisor/strategies.ts';
import { type FlagValues, textOr } from '../../flags/flag.ts';
import type { CommandShape } from '../../flags/shape.ts';
import { JSON_OBJECT, SET } from '../../flags/shared.ts';

const FLAGS = {
  strategy: textOr('--strategy <id>', 'strategy to compare with the capture', CAPTURED_KERNEL),
  set: SET,
  json: JSON_OBJECT,
};

export type ReplayFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [
    ['<file...>', 'CPU logs or logs of vmcb12, gzipped or plain; or folders of them; captures'],
  ],
  flags: FLAGS,
  details: `
Gives the model the exits and requests of a captured log. For a CPU log (hw.gz)
each VMRUN is compared by VMCB, ASID and TLB_CONTROL. A log of vmcb12s has no
hardware VMRUNs: there the model must flush exactly when the strategy should.`,
  examples: [
    'replay data/nested-kvm/hw/*.br',
    'replay data/nested-vmcb12/vmcb12/*.gz --json',
    'replay my.hw.gz --strategy rfc-2025-03',
  ],
};
