import { Command } from 'commander';
import { endWith } from '../../output/io.ts';
import { CAPTURE_HELP } from '../../rig/rig-help.ts';
import { collect, wholeNumber } from '../../select/strategies.ts';

export interface CaptureFlags {
  readonly kernel?: string;
  readonly modules?: string;
  readonly patch?: string;
  readonly l0?: readonly string[];
  readonly l1?: readonly string[];
  readonly cpu: string;
  readonly features?: string;
  readonly asids: number;
  readonly pcpus: number;
  readonly workloads?: string;
  /** False with --no-pages. */
  readonly pages: boolean;
  readonly qemuSource?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Of the host's 0 and one guest, at least. */
const FEWEST_ASIDS = 2;
const MOST_ASIDS = 0xffff_ffff;
/** An emulator that runs its CPUs in turn gains nothing by more. */
const MOST_PCPUS = 8;

/** `capture`: what a real KVM makes an emulated AMD CPU do, recorded. */
export function captureCommand(): Command {
  return new Command('capture')
    .description('boot a real KVM on an emulated AMD CPU and record what the CPU sees')
    .option('--kernel <bzImage>', "kernel of L0 (default: Debian's 6.12.117)")
    .option('--modules <dir>', 'folder with kvm.ko and kvm-amd.ko of L0, at any depth')
    .option('--patch <text>', 'what is changed in this kernel, for the manifest')
    .option(
      '--l0 <name=value,…>',
      'parameters of kvm_amd in L0; repeatable, a boot for each (default: npt=1)',
      collect,
    )
    .option(
      '--l1 <name=value,…>',
      'the same in L1; repeatable (default: npt=1, then npt=0)',
      collect,
    )
    .option('--cpu <model>', "QEMU's name of the CPU", 'EPYC-Milan')
    .option('--features <list>', 'features of the CPU, for example -pku,-flushbyasid')
    .option(
      '--asids <n>',
      'ASIDs, the one of the host included',
      wholeNumber('--asids', MOST_ASIDS, FEWEST_ASIDS),
      32_768,
    )
    .option('--pcpus <n>', 'CPUs of the machine', wholeNumber('--pcpus', MOST_PCPUS), 1)
    .option('--workloads <list>', 'what L2 does; see below (default: all)')
    .option('--no-pages', 'do not record which pages are touched')
    .option('--qemu-source <dir>', "source of QEMU 7.2 (default: Debian's)")
    .option('--out <dir>', 'folder to write to (default: a new one under captures/)')
    .option('--json', 'print one JSON object')
    .option('--quiet', 'show no progress')
    .addHelpText('after', CAPTURE_HELP)
    .action(async (flags: CaptureFlags) => {
      const { performCapture } = await import('./perform.ts');
      endWith(await performCapture(flags));
    });
}
