import { type FlagValues, parsed, repeated, text, toggle, word } from '../../flags/flag.ts';
import { wholeNumber } from '../../flags/parse.ts';
import type { CommandShape } from '../../flags/shape.ts';
import {
  JSON_OBJECT,
  KERNEL_IMAGE,
  MODULES,
  OUT_FOLDER,
  QEMU_SOURCE,
  QUIET,
} from '../../flags/shared.ts';

const FLAGS = {
  kernel: KERNEL_IMAGE,
  modules: MODULES,
  qemuSource: QEMU_SOURCE,
  l2: text('--l2 <kind>', 'only runs with this L2: flat, nest, linux or none'),
  pcpus: parsed('--pcpus <n>', 'only runs with so many pCPUs', wholeNumber(2)),
  run: repeated('--run <id>', 'only this run; repeatable', word),
  variant: text('--variant <id>', 'take one flush out of the stock kernel, which must be found'),
  symbols: toggle(
    '--symbols',
    "name functions of L0's kernel in transcripts; L0 takes longer to boot",
  ),
  out: { ...OUT_FOLDER, what: 'folder for reports and consoles (default: one in the cache)' },
  json: JSON_OBJECT,
  quiet: QUIET,
};

export type SanitizeFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [],
  flags: FLAGS,
  details: `
Boots a real KVM as L0 on an emulated AMD CPU and lets guests run under it.
Beside the emulator's own TLB lies one that never forgets: it keeps what a CPU
may keep and loses only what the architecture says must go. Each access is
compared with it.

An entry that a flush should have removed is MISSED, and told with what happened
between its fill and its use, in the words of "check". What a guest itself has
not flushed yet is lazy, and only counted. Before it says CLEAN, the command
takes a flush out of the stock kernel, twice, and must find that.

The emulator is built on first use (10 to 40 minutes), the kernels of the
self-test too (some minutes); both are kept in the cache. All runs take about
15 minutes.`,
  examples: [
    ['sanitize --run nest --run flat', 'the two that find most for their time'],
    'sanitize --modules ~/linux --kernel ~/linux/bzImage',
    [
      'sanitize --variant one-number --run pair',
      'a kernel that gives every VM the same ASID: ends with 3',
    ],
  ],
  exitCodes: `Exit codes: 0 clean; 1 no verdict: a run did not end, or the self-test found
nothing; 2 bad flag, or something to build with is missing; 3 a flush is
missing; 4 a kernel, module or source can't be used; 5 a report can't be
written.`,
};
