import { WORKLOADS } from '../../rig/workloads.ts';
import { INVOCATION } from '../output/messages.ts';

export const CAPTURE_HELP = `
Boots Linux as L0 and L1, and something small as L2, on QEMU with changes that log
what an SVM CPU sees: each VMRUN and #VMEXIT, INVLPG, INVLPGA, MOV CR, the number of
instructions in between, and the pages that were touched, with their sizes. L0 and
L1 are real kernels; times are not real, and nothing is said about them.

The emulator is built on first use, 10 to 40 minutes; then all workloads take about
two minutes. Everything is kept in $XDG_CACHE_HOME/asidbench.

Workloads:
${WORKLOADS.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}

Examples:
  ${INVOCATION} capture --workloads cpuid,npf32
  ${INVOCATION} capture --l0 npt=0 --out captures/shadow
  ${INVOCATION} capture --modules ~/linux --kernel ~/linux/bzImage \\
      --patch 'without patch 17'
  ${INVOCATION} capture --features=-pku,-flushbyasid --asids 64

Exit codes: 0 recorded; 2 bad flag, or something to build with is missing; 4 a kernel,
module or source can't be used, or the guests failed (the console is kept); 5 output
can't be written; 130 interrupted.`;

export const SANITIZE_HELP = `
Boots a real KVM as L0 on an emulated AMD CPU and lets guests run under it. Beside
the emulator's own TLB lies one that never forgets: it keeps what a CPU may keep and
loses only what the architecture says must go. Each access is compared with it.

An entry that a flush should have removed is MISSED, and told with what happened
between its fill and its use, in the words of "check". What a guest itself has not
flushed yet is lazy, and only counted. Before it says CLEAN, the command takes a flush
out of the stock kernel, twice, and must find that.

The emulator is built on first use (10 to 40 minutes), the kernels of the self-test
too (some minutes); both are kept in the cache. All runs take about 15 minutes.

Examples:
  ${INVOCATION} sanitize --run nest --run flat
      the two that find most for their time
  ${INVOCATION} sanitize --modules ~/linux --kernel ~/linux/bzImage
  ${INVOCATION} sanitize --variant one-number --run pair
      a kernel that gives every VM the same ASID: ends with 3

Exit codes: 0 clean; 1 no verdict: a run did not end, or the self-test found nothing;
2 bad flag, or something to build with is missing; 3 a flush is missing; 4 a kernel,
module or source can't be used; 5 a report can't be written.`;
