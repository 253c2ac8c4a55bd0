import { WORKLOADS } from '../../../rig/workloads.ts';
import {
  type FlagValues,
  parsedOr,
  repeated,
  text,
  textOr,
  toggle,
  word,
} from '../../flags/flag.ts';
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

/** Of the host's 0 and one guest, at least. */
const FEWEST_ASIDS = 2;
const MOST_ASIDS = 0xffff_ffff;
/** An emulator that runs its CPUs in turn gains nothing by more. */
const MOST_PCPUS = 8;
/** As the VMM has them. */
const MOST_VCPUS = 4;

const FLAGS = {
  kernel: KERNEL_IMAGE,
  modules: MODULES,
  patch: text('--patch <text>', 'what is changed in this kernel, for the manifest'),
  l0: repeated(
    '--l0 <name=value,…>',
    'parameters of kvm_amd in L0; repeatable, a boot for each (default: npt=1)',
    word,
  ),
  l1: repeated(
    '--l1 <name=value,…>',
    'the same in L1; repeatable (default: npt=1, then npt=0)',
    word,
  ),
  cpu: textOr('--cpu <model>', "QEMU's name of the CPU", 'EPYC-Milan'),
  features: text('--features <list>', 'features of the CPU, for example -pku,-flushbyasid'),
  asids: parsedOr(
    '--asids <n>',
    'ASIDs, the one of the host included',
    wholeNumber(MOST_ASIDS, FEWEST_ASIDS),
    32_768,
  ),
  pcpus: parsedOr('--pcpus <n>', 'CPUs of the machine', wholeNumber(MOST_PCPUS), 1),
  vcpus: parsedOr('--vcpus <n>', 'vCPUs of L1', wholeNumber(MOST_VCPUS), 1),
  workloads: text('--workloads <list>', 'what L2 does; see below (default: all but l3-cpuid)'),
  pages: toggle('--no-pages', 'do not record which pages are touched'),
  sequence: toggle('--sequence', 'record in which order software comes back to pages, too'),
  qemuSource: QEMU_SOURCE,
  out: { ...OUT_FOLDER, what: 'folder to write to (default: a new one under captures/)' },
  json: JSON_OBJECT,
  quiet: QUIET,
};

export type CaptureFlags = FlagValues<typeof FLAGS>;

export const shape: CommandShape<typeof FLAGS> = {
  words: [],
  flags: FLAGS,
  details: `
Boots Linux as L0 and L1, and something small as L2, on QEMU with changes that
log what an SVM CPU sees: each VMRUN and #VMEXIT, INVLPG, INVLPGA, MOV CR, the
number of instructions in between, and the pages that were touched, with their
sizes. L0 and L1 are real kernels; times are not real, and nothing is said about
them.

The emulator is built on first use, 10 to 40 minutes; then all workloads take
about six minutes. Everything is kept in $XDG_CACHE_HOME/asidbench.

Workloads:
${WORKLOADS.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}`,
  examples: [
    'capture --workloads cpuid,npf32',
    'capture --l0 npt=0 --out captures/shadow',
    'capture --l1 npt=1 --workloads l3-cpuid',
    'capture --vcpus 2 --workloads vcpus-apart,two-vcpus',
    ['capture --workloads cpuid --sequence', 'each change of page, where runs need the order'],
    "capture --modules ~/linux --kernel ~/linux/bzImage \\\n      --patch 'without patch 17'",
    'capture --features=-pku,-flushbyasid --asids 64',
  ],
  exitCodes: `Exit codes: 0 recorded; 2 bad flag, or something to build with is missing; 4 a
kernel, module or source can't be used, or the guests failed (the console is
kept); 5 output can't be written; 130 interrupted.`,
};
